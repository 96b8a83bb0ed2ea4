"""What a purchase, a customer, a day and a currency are, in any table of orders."""
