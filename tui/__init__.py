"""The full-screen app (not part of this release): the command line does everything it will do."""
