"""What `learn`, `tidy` and `measure` are made of: evidence, question, trial, judgement, proposal."""
