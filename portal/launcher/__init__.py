"""`make run`: one terminal that starts, watches and stops every process of the portal.

Plain Python without Django: the supervisor must stay alive and readable when a setting is wrong.
"""
