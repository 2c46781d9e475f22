"""`make bench-booking`: whole bookings a second beside a bare view that sends the same SQL.

recording.py  hears the statements of one real confirmation, with their values, rows and transactions
recipe.py     learns from two of them where each value comes from, and runs them again for another hold
bare.py       the bare view: one Django view that runs a recipe, nothing else
holds.py      held places with their codes, made outside the timed part
earlier.py    bookings of earlier years by the million
plans.py      which statements of a confirmation would read a whole table
prepare.py    fills one database for a measurement
client.py     the load, a process of its own
rounds.py     starts the servers and measures by turns; machine.py reads their processor time
report.py     medians, ratios and the table of docs/PERFORMANCE.md
"""

BENCH_HOST = "bench.example"
RECIPE_VARIABLE = "BENCH_RECIPE"  # names the file from which the bare view reads recipe and facts
