"""Who are the customers: measured classes of needs and behaviour, and personas told on top."""

from cxreport.topics.personas.classes import Personas, personas
