"""The desk: the full-screen app in which writers work. It shows and asks; verbs decide."""
