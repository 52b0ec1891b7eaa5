"""The figures the site must reach, measured on this machine: `make bench`."""
