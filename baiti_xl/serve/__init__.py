"""The reporting desk: what the desk does, offered in a browser to units, the office and the leader.

A shell like the console: it parses what is asked, calls the desk and shows the answer. Only `run.py` starts a server.
"""
