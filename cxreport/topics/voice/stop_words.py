"""Words that say nothing alone, in Italian and English, and those that turn the next one round."""

from __future__ import annotations

ITALIAN = frozenset(
    """
    a ad ai al alla alle agli allo all anche ancora anzi appena avere aver avete aveva avevo
    avevano avevamo avuto abbia abbiamo abbiano avrei avrebbe avremmo avrò avrà ho hai ha
    hanno allora altra altre altri altro c ce cha che chi chiunque ci ciò cioè co col coi
    come con cosa cose così cui d da dà dai dal dalla dalle dagli dallo dall de degli dei
    del della delle dello dell dentro di dopo dove dov dovrebbe dunque durante e è ed egli
    ella era erano eravamo ero essa esse essere essi eppure fa fra fu furono fino già gli
    glielo gliela ha i il in infine inoltre intanto invece io l la là le lei li lì lo loro
    lui m ma me medesimo mentre mi mia mie miei mio molta molte molti molto n ne né negli
    nei nel nella nelle nello nell neppure neanche nemmeno noi nostra nostre nostri nostro o
    od ogni ognuno oltre ora oppure ove per perché perciò pero però più po poi poiché pure
    pur quale quali qual qualche qualcosa qualcuno quando quanta quante quanti quanto quasi
    quella quelle quelli quello quegli quel quei quell questa queste questi questo quest qui
    qua quindi s sa sarà saranno sarebbe sarei se sé sei sempre senz si sia siamo siano
    siate siete sono sta stanno stare stata state stati stato stava sto stesso stessa su sua
    sue sugli sui sul sulla sulle sullo sull suo suoi t tale tali tanta tante tanti tanto te
    ti tra tu tua tue tuo tuoi tutta tutte tutti tutto un una uno v va vai verso vi voi
    vostra vostre vostri vostro solo soltanto ecco cmq comunque proprio davvero
    """.split()  # noqa: SIM905 - a list of 200 words in quotes is read by nobody
)
ENGLISH = frozenset(
    """
    a about above after again all also although always am an and any are as at be became
    because become been before being below between both but by came can come could d did do
    does doing done dont down during each either else ever every few for from further get
    gets getting got had has have having he her here hers herself him himself his how
    however i if in instead into is it its itself just let ll m made make many may me might
    mine more most much must my myself now of off on once one only onto or other others our
    ours ourselves out over own per quite rather re really s same shall she should since so
    some such than that the their theirs them themselves then there these they thing things
    this those though through thus to too toward towards t under until up upon us ve very
    via was we well went were what when where whether which while who whom whose why will
    with within would yet you your yours yourself yourselves
    """.split()  # noqa: SIM905
)
NEGATIONS = {
    "it": frozenset({"non", "no", "mai", "senza", "nessun", "nessuna"}),
    "en": frozenset({"not", "no", "never", "without", "cannot"}),
}
"""Words that mean nothing alone, and turn the next one round."""
STOP_WORDS = {"it": ITALIAN, "en": ENGLISH}
