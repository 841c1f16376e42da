"""The services: each wraps one outside library and knows none of the others."""
