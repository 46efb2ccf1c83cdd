"""The same work through each library: see `base`."""
