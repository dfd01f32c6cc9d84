"""The legal wordings that nobody may edit, each with its source; doors and templates take them from here.

They stand in the code and not in the owner's texts because the law fixes the words (§§ 312j, 356a
BGB, Anlagen 1 and 2 to Art. 246a EGBGB) or because a wrong word costs a warning letter.
"""

# § 312j Abs. 3 BGB; CJEU C-249/21: only the words on the button count.
ORDER_BUTTON = "zahlungspflichtig bestellen"

# § 356a Abs. 1 and 3 BGB (since 19 June 2026), Art. 11a of directive 2011/83/EU.
WITHDRAW_LINK = "Vertrag widerrufen"
WITHDRAW_BUTTON = "Widerruf bestätigen"
WITHDRAWAL = "Hiermit widerrufe ich den von mir abgeschlossenen Vertrag."  # the declaration itself, after Anlage 2

# § 6 PAngV; small businesses (§ 19 UStG) must not name a tax that they do not owe.
PRICE_NOTE = "inkl. MwSt."
PRICE_NOTE_SMALL_BUSINESS = "Endpreis, steuerfrei nach § 19 UStG (Kleinunternehmer)"
SHIPPING_NOTE = "zzgl. Versandkosten"

# § 34a Nr. 5 UStDV, for order confirmations and invoices of small businesses.
SMALL_BUSINESS_INVOICE_NOTE = "Steuerfreier Umsatz: Es gilt die Steuerbefreiung für Kleinunternehmer (§ 19 UStG)."

# § 14 Abs. 4 Nr. 8 with § 14a Abs. 3 and § 4 Nr. 1 UStG: why an invoice names no tax.
INTRA_EU_INVOICE_NOTE = "Steuerfreie innergemeinschaftliche Lieferung"
EXPORT_INVOICE_NOTE = "Steuerfreie Ausfuhrlieferung (§ 4 Nr. 1 Buchst. a, § 6 UStG)"
UNTAXED = {"K": INTRA_EU_INVOICE_NOTE, "G": EXPORT_INVOICE_NOTE}  # by the categories of EN 16931
# § 3c UStG: the tax is the one of the country where the goods arrive.
TAXED_ABROAD_INVOICE_NOTE = "Versteuert in {country} (Fernverkauf, § 3c UStG; One-Stop-Shop, § 18j UStG)."

# § 14 Abs. 1 UStG: an invoice by e-mail needs the recipient's consent, which may be given silently.
INVOICE_BY_EMAIL = (
    "Ihre Rechnung bekommen Sie als PDF per E-Mail; damit sind Sie einverstanden, wenn Sie bestellen. "
    "Auf Wunsch schicken wir sie Ihnen auf Papier, ein Wort an uns genügt."
)

# § 11 PAngV; BGH I ZR 183/24 asks for clear and understandable words.
LOWEST_PRICE = "Niedrigster Gesamtpreis der letzten 30 Tage vor der Preissenkung"
LOWEST_BASE_PRICE = "Niedrigster Grundpreis der letzten 30 Tage vor der Preissenkung"

# § 5 UWG: a maker's recommendation is named as what it is, with its date, and never struck through.
RECOMMENDED_PRICE = "UVP des Herstellers"

# § 14 BGB: what a buyer declares, by her own tick, and is kept with the order and its time.
FOR_A_BUSINESS = "Ich kaufe für einen Betrieb, als Unternehmerin oder Unternehmer (§ 14 BGB)"

# § 36 VSBG.
DISPUTES = (
    "Wir sind nicht bereit und nicht verpflichtet, an Streitbeilegungsverfahren vor einer "
    "Verbraucherschlichtungsstelle teilzunehmen."
)

# § 37 Abs. 1 VSBG: owed in text form once a dispute could not be settled with the shopper.
DISPUTES_REPLY = (
    "Zu der Streitigkeit, die wir nicht miteinander beilegen konnten, weisen wir Sie auf die Allgemeine "
    "Verbraucherschlichtungsstelle hin: Universalschlichtungsstelle des Bundes am Zentrum für Schlichtung e. V., "
    "Straßburger Straße 8, 77694 Kehl, www.universalschlichtungsstelle.de. Wir sind nicht bereit und nicht "
    "verpflichtet, an einem Streitbeilegungsverfahren vor dieser Stelle teilzunehmen."
)

# § 5b Abs. 3 UWG. The shop itself shows no reviews; a theme that does says one of these beside them.
REVIEWS_CHECKED = (
    "Bewertungen können nur Kundinnen und Kunden abgeben, die die Ware in unserem Shop gekauft haben. Wir prüfen das "
    "anhand der Bestellung."
)
REVIEWS_UNCHECKED = "Wir prüfen nicht, ob Bewertungen von Personen stammen, die die Ware gekauft oder benutzt haben."

# Art. 246a § 1 Abs. 1 Nr. 7 EGBGB: what is to be paid besides the price and cannot be computed before.
CUSTOMS_NOTE = "zzgl. Zoll/Einfuhrabgaben"
CUSTOMS_SENTENCE = (
    "Bei einer Lieferung in die Schweiz können Zoll, Einfuhrsteuer und die Verzollungsgebühr des Versandunternehmens "
    "dazukommen. Sie sind nicht in unseren Preisen enthalten und werden bei der Zustellung von Ihnen verlangt."
)

# The reminder of the legal guarantee (Art. 246a § 1 EGBGB) in words. The official artwork of
# regulation (EU) 2025/1960 is a picture of its own and must not be imitated.
GUARANTEE_TITLE = "Gesetzliches Gewährleistungsrecht"
GUARANTEE_NOTICE = (
    "Für alle unsere Waren besteht das gesetzliche Gewährleistungsrecht. Ist eine Ware nicht vertragsgemäß, können "
    "Sie zunächst Nachbesserung oder Ersatz verlangen, ohne dass Ihnen Kosten entstehen; gelingt das nicht, können Sie "
    "unter den gesetzlichen Voraussetzungen den Preis mindern, vom Vertrag zurücktreten und Schadensersatz verlangen. "
    "Ihre Ansprüche verjähren in zwei Jahren ab der Ablieferung. Eine Garantie des Herstellers, soweit es sie gibt, "
    "besteht daneben."
)
GUARANTEE_LINK = "https://europa.eu/youreurope/citizens/consumers/shopping/guarantees-returns/index_de.htm"
GUARANTEE_LINK_TEXT = "Ihre Rechte in der Europäischen Union"

# Art. 246a § 1 Abs. 1 EGBGB, § 479 BGB: the maker's guarantee stands beside the legal one.
GUARANTEE_TERMS_TITLE = "Garantiebedingungen des Herstellers"

# §§ 17, 18 ElektroG, with the crossed-out bin of its Anlage 3.
ELECTRIC_TITLE = "Altgeräte richtig entsorgen"
ELECTRIC_NOTICE = (
    "Elektrogeräte gehören nicht in den Hausmüll; daran erinnert die durchgestrichene Abfalltonne. Wer ein Altgerät "
    "besitzt, muss es getrennt abgeben, zum Beispiel kostenlos bei der Sammelstelle der Gemeinde. Batterien, Akkus und "
    "Lampen, die sich herausnehmen lassen, ohne etwas zu zerstören, nehmen Sie bitte vorher heraus. Persönliche Daten "
    "auf dem Gerät löschen Sie bitte selbst."
)

# § 24 Abs. 3 BattDG with Art. 74 of VO (EU) 2023/1542: in writing and as a picture.
BATTERY_TITLE = "Batterien und Akkus"
BATTERY_NOTICE = (
    "Batterien und Akkus gehören nicht in den Hausmüll; das bedeutet die durchgestrichene Abfalltonne. Sie sind "
    "gesetzlich verpflichtet, sie zurückzugeben: kostenlos bei uns im Laden oder per Post, in jedem Geschäft, das "
    "Batterien verkauft, oder bei der Sammelstelle der Gemeinde. So gelangen keine Schadstoffe in die Umwelt, und die "
    "Rohstoffe werden wieder verwendet. Die Zeichen Hg, Cd und Pb unter der Tonne stehen für Quecksilber, Cadmium und "
    "Blei."
)

# Anlage 1 to Art. 246a § 1 Abs. 2 S. 2 EGBGB, sale of goods; hint 3 as of 19 June 2026.
INSTRUCTION_TITLE = "Widerrufsbelehrung"
INSTRUCTION_RIGHT_TITLE = "Widerrufsrecht"
INSTRUCTION_RIGHT = (
    "Sie haben das Recht, binnen vierzehn Tagen ohne Angabe von Gründen diesen Vertrag zu widerrufen.",
    "Die Widerrufsfrist beträgt vierzehn Tage ab dem Tag, an dem Sie oder ein von Ihnen benannter Dritter, der nicht "
    "der Beförderer ist, {period} in Besitz genommen haben bzw. hat.",
    "Um Ihr Widerrufsrecht auszuüben, müssen Sie uns ({contact}) mittels einer eindeutigen Erklärung (z. B. ein mit "
    "der Post versandter Brief oder eine E-Mail) über Ihren Entschluss, diesen Vertrag zu widerrufen, informieren. "
    "Sie können dafür das beigefügte Muster-Widerrufsformular verwenden, das jedoch nicht vorgeschrieben ist.",
    "Sie können Ihr Widerrufsrecht auch online unter {address} ausüben. Wenn Sie diese Online-Funktion nutzen, "
    "übermitteln wir Ihnen auf einem dauerhaften Datenträger (z. B. durch eine E-Mail) unverzüglich eine "
    "Eingangsbestätigung mit Informationen zum Inhalt der Widerrufserklärung sowie dem Datum und der Uhrzeit ihres "
    "Eingangs.",
    "Zur Wahrung der Widerrufsfrist reicht es aus, dass Sie die Mitteilung über die Ausübung des Widerrufsrechts vor "
    "Ablauf der Widerrufsfrist absenden.",
)
# Hint 1; the key is the profile's `delivers_in`: in one, the goods of an order one by one, one good in parts.
INSTRUCTION_PERIODS = {
    "one": "die Waren",
    "goods": "die letzte Ware",
    "parts": "die letzte Teilsendung oder das letzte Stück",
}
INSTRUCTION_EFFECTS_TITLE = "Folgen des Widerrufs"
INSTRUCTION_EFFECTS = (
    "Wenn Sie diesen Vertrag widerrufen, haben wir Ihnen alle Zahlungen, die wir von Ihnen erhalten haben, "
    "einschließlich der Lieferkosten (mit Ausnahme der zusätzlichen Kosten, die sich daraus ergeben, dass Sie eine "
    "andere Art der Lieferung als die von uns angebotene, günstigste Standardlieferung gewählt haben), unverzüglich "
    "und spätestens binnen vierzehn Tagen ab dem Tag zurückzuzahlen, an dem die Mitteilung über Ihren Widerruf dieses "
    "Vertrags bei uns eingegangen ist. Für diese Rückzahlung verwenden wir dasselbe Zahlungsmittel, das Sie bei der "
    "ursprünglichen Transaktion eingesetzt haben, es sei denn, mit Ihnen wurde ausdrücklich etwas anderes vereinbart; "
    "in keinem Fall werden Ihnen wegen dieser Rückzahlung Entgelte berechnet.",
    "Wir können die Rückzahlung verweigern, bis wir die Waren wieder zurückerhalten haben oder bis Sie den Nachweis "
    "erbracht haben, dass Sie die Waren zurückgesandt haben, je nachdem, welches der frühere Zeitpunkt ist.",
    "Sie haben die Waren unverzüglich und in jedem Fall spätestens binnen vierzehn Tagen ab dem Tag, an dem Sie uns "
    "über den Widerruf dieses Vertrags unterrichten, an uns zurückzusenden oder zu übergeben. Die Frist ist gewahrt, "
    "wenn Sie die Waren vor Ablauf der Frist von vierzehn Tagen absenden.",
    "{return_costs}",
    "Sie müssen für einen etwaigen Wertverlust der Waren nur aufkommen, wenn dieser Wertverlust auf einen zur Prüfung "
    "der Beschaffenheit, Eigenschaften und Funktionsweise der Waren nicht notwendigen Umgang mit ihnen "
    "zurückzuführen ist.",
)
# Hint 5b; the key is the profile's `return_costs_by` (§ 357 Abs. 5 BGB).
RETURN_COSTS = {
    "shop": "Wir tragen die Kosten der Rücksendung der Waren.",
    "customer": "Sie tragen die unmittelbaren Kosten der Rücksendung der Waren.",
}

# Anlage 2 to Art. 246a § 1 Abs. 2 S. 1 Nr. 1 EGBGB.
MODEL_FORM_TITLE = "Muster-Widerrufsformular"
MODEL_FORM_INTRODUCTION = (
    "(Wenn Sie den Vertrag widerrufen wollen, dann füllen Sie bitte dieses Formular aus und senden Sie es zurück.)"
)
MODEL_FORM_LINES = (
    "An {trader}:",
    "Hiermit widerrufe(n) ich/wir (*) den von mir/uns (*) abgeschlossenen Vertrag über den Kauf der folgenden Waren "
    "(*)/die Erbringung der folgenden Dienstleistung (*)",
    "Bestellt am (*)/erhalten am (*)",
    "Name des/der Verbraucher(s)",
    "Anschrift des/der Verbraucher(s)",
    "Unterschrift des/der Verbraucher(s) (nur bei Mitteilung auf Papier)",
    "Datum",
)
MODEL_FORM_FOOTNOTE = "(*) Unzutreffendes streichen."
