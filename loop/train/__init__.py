"""Programs that train: started as processes by the trainer's adapter, imported by nobody else."""
