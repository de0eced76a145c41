"""Pure steps: values in, values out. No clock, no git, no printing."""
