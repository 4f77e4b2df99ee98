"""One module per verb: a request record, a result record and `async def do`."""
