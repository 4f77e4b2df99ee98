"""The programs of `loop.train`, started as processes of their own."""
