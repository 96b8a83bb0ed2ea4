"""Are the questions good ones: reliability, scale use, bridges between versions."""
