"""What a purchase, a customer, a day and a currency are, in any table of orders."""

from cxreport.orders.currency import in_one_currency
from cxreport.orders.purchases import purchases

__all__ = [
    "in_one_currency",
    "purchases",
]
