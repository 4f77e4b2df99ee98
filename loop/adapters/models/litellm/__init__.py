"""Every other provider and server, asked through LiteLLM."""
