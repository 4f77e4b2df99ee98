"""Training data from history: edit pairs and picked takes as rows, looked over before they are learned."""
