"""Mutation testing: small defects are made in the program one by one, and the tests must see them.

The defects are cosmic-ray's. The tests run in forks of one process that has collected them, since starting anew for each
of some thousand defects would take days; only those run that come through the line changed, the shortest first.
"""
