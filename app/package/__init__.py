"""Archive packages: a BagIt bag with everything that explains a master."""
