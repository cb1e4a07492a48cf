"""Packages that stand in for others. The folder comes last in `sys.path`: what is installed is found first."""
