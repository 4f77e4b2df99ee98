"""What several verbs are made of: drafting, committing, restoring, costs, fields of a request."""
