"""Loads a beancount journal; prints its errors, or the balance of each account as JSON."""

import json
import sys
from collections import Counter

from beancount import loader
from beancount.core import data

entries, errors, _ = loader.load_file(sys.argv[1])
if errors:
    sys.exit("\n".join(f"{error.source.get('lineno')}: {error.message}" for error in errors))
balances = Counter()
for entry in entries:
    if isinstance(entry, data.Transaction):
        for posting in entry.postings:
            balances[posting.account] += posting.units.number
print(json.dumps({account: format(amount, "f") for account, amount in balances.items()}))
