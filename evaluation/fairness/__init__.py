"""Are people who write or are different served as well as everybody else?

What came of every asking (`outcomes`) is paired with the same question as it was (`pairing`), each
outcome is compared (`measures`, `gaps`, `significance`, `power`) and judged by a file that people
decide on (`gates.toml`, `gates`, `verdicts`, `judging`). `stages` says where in the pipeline an
answer was lost, `frames` takes results apart for tables. See docs/bias-statistics.md.
"""
