"""Who are the customers: measured classes of needs and behaviour, and personas told on top."""

from cxreport.topics.personas.blocks import compared, fits, persona_cards, profiles
from cxreport.topics.personas.class_quotes import class_quotes, persona_quotes
from cxreport.topics.personas.classes import Personas, personas
from cxreport.topics.personas.frames import (
    CustomerItems,
    PersonaStudy,
    company_personas,
    customer_items,
)
from cxreport.topics.personas.narrative import company_narratives, read_narratives
from cxreport.topics.personas.outcomes import outcomes
from cxreport.topics.personas.stability import agreement
from cxreport.topics.personas.traits import main_channels, traits
from cxreport.topics.personas.verdict_blocks import brief, summary

__all__ = [
    "CustomerItems",
    "PersonaStudy",
    "Personas",
    "agreement",
    "brief",
    "class_quotes",
    "company_narratives",
    "company_personas",
    "compared",
    "customer_items",
    "fits",
    "main_channels",
    "outcomes",
    "persona_cards",
    "persona_quotes",
    "personas",
    "profiles",
    "read_narratives",
    "summary",
    "traits",
]
