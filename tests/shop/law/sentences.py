"""Sentences as they stand in a haberdashery's articles: nothing in them is stale, and none claims to be green."""

from itertools import product

_GOODS = ("Jersey", "Cord", "Popeline", "Filz", "Samt", "Leinenstoff", "Musselin", "Sweat", "Futterstoff", "Tüll")
_COLOURS = ("grüner", "tannengrüner", "dunkelgrüner", "graugrüner", "naturfarbener", "ecrufarbener", "grün melierter")
_SHADES = ("Grün", "Apfelgrün", "Moosgrün", "Petrolgrün", "Olivgrün", "Natur", "Leinen natur", "Wiese", "Klee", "Erde")
_ENDS = (
    "liegt 150 cm breit und ist bei 30 Grad waschbar.",
    "fällt weich und knittert wenig.",
    "passt zu unseren Knöpfen aus Holz und Kokos.",
    "ist voraussichtlich der letzte Ballen dieser Farbe.",
)

WRITTEN = """
Grüner Jersey mit kleinen Punkten, weich und dehnbar.
Leinen naturfarben, ungebleicht und ungefärbt.
Ein grünes Band mit weißem Rand, 25 mm breit.
Das grüne Herz ist aufgestickt.
Grüne Knöpfe aus Polyester, vier Löcher.
Der Reißverschluss ist grün, der Schieber silbern.
Stoff mit grünen Blättern auf hellem Grund.
Wolle in der Farbe Wald: ein tiefes Grün mit etwas Braun.
Naturfaser pur: hundert Prozent Leinen.
Natürlich auch als Meterware ab 50 cm.
Aus kontrolliert biologischem Anbau, zertifiziert nach GOTS 7.0.
Bio-Baumwolle, die Zertifikatsnummer steht auf dem Etikett.
OEKO-TEX Standard 100, Prüfnummer 12.HDE.34567.
Der Karton besteht zu 90 % aus Altpapier.
Der Faden ist aus recyceltem Polyester (100 %).
Unsere Knöpfe aus Steinnuss sind von Hand gedreht.
Die Schere schneidet nachweislich bis in die Spitze.
Das Garn filzt nicht und kratzt nicht.
Der Stoff ist in der Regel vorgewaschen.
In der Regel reichen 80 cm für ein Kissen von 40 × 40 cm.
Bitte in der Regel eine Nummer größer nähen.
Voraussichtlich brauchen Sie zwei Knäuel für ein Paar Socken.
Die Nadel passt in der Regel in alle Haushaltsmaschinen.
Lieferzeit: 2–4 Werktage.
Lieferbar in zwölf Farben und drei Breiten.
Das Band liegt in einer Pappspule, 3 m Inhalt.
Nur ungeöffnet bleibt der Textilkleber zwei Jahre frisch.
Kleber kühl lagern; ungeöffnet hält er zwei Jahre.
Die Nähmaschine kommt in der Originalverpackung des Herstellers.
Originalverpackung mit Anleitung auf Deutsch.
Der Knopf wird in der Originalverpackung mit sechs Stück verkauft.
Größe XXL auf Anfrage, Schnittmuster von XS bis XXL.
Die Größen XS, S, M, L, XL und 3XL liegen dem Bogen bei.
Schnittmuster „Max“ für Jungen von 2 bis 10 Jahren.
Muster: kleine Füchse, etwa 4 cm groß.
Der Musterrapport beträgt 32 cm.
Musterstoff zum Üben, in vielen Farben gemischt.
Für ein Jahr Freude am Stricken: zwölf Anleitungen.
Die Wolle hält ein Jahr und länger, wenn Sie sie vor Motten schützen.
Der Hersteller gibt auf die Maschine fünf Jahre Garantie.
Zwei Jahre Gewährleistung, wie es das Gesetz sagt.
Gewährleistung von 1 Jahr für gebrauchte Nähmaschinen, vereinbart nach § 476 BGB.
Plattform aus Holz für die Nähmaschine, 40 × 60 cm.
Anschiebetisch als Plattform für große Quilts.
Diese Schere gibt es auch für Linkshänder.
Das Maßband misst Zentimeter und Zoll.
Fingerhut aus Metall, in drei Größen.
Stecknadeln mit Glaskopf, bügelfest.
Ein Stoff für Kleider, die schwingen sollen.
Kariert, gewebt, nicht gedruckt.
Die Kanten fransen nicht aus.
Der Rollschneider hat ein Messer von 45 mm.
Das Garn ist reißfest und läuft sauber durch die Maschine.
Umweltfarben gibt es nicht, nur echtes Indigo.
Die Umgebung der Naht bitte vorher dämpfen.
Ökonomisch im Verbrauch: 1 m reicht für zwei Kissen.
Klimaanlagenfilter verkaufen wir nicht, aber Vlies.
Das Vlies ist klimaregulierend, sagt man von Wolle; wir sagen: Sie wärmt.
Diese Farbe bleibt nachhaltig in Erinnerung.
Die Imprägnierung wirkt nachhaltig, auch nach zehn Wäschen.
Der Stoff riecht nachhaltig nach Schaf, bis er gewaschen ist.
Sommerlich leicht, 120 g/m².
Ein Band fürs grüne Dirndl.
Der grüne Faden führt durch das Muster.
Grüne Welle, blauer Grund: unser Stoff vom Meer.
Grün steht ihr gut!
Grünes Garn für Rasen auf Wandbildern.
Grünton wie junge Birken.
Blattgrün, Lindgrün, Schilfgrün: drei Töne, ein Paket.
Schnittblumen aus Filz, auch in Grün.
Zur Pflege: Wolle nur lüften, selten waschen.
Die Nadeln sind aus Birkenholz.
Handgefärbt in kleinen Partien; Farben weichen ab.
Für Patchwork schneiden wir auch 25 cm zu.
Wir schneiden am Stück zu, bis zu 12 m.
Stoffmuster kosten 50 Cent und werden angerechnet.
Preis je Meter; der Grundpreis steht daneben.
Perlen im Beutel zu 20 g.
Unfrei gewordene Maschen fangen Sie mit der Häkelnadel auf.
Gutschrift in Sütterlin: ein Stickbuch mit alten Buchstaben.
Das Etikett „handgemacht“ lässt sich annähen.
Ein Stoff mit kleinen Rehen und Farnen.
Die Rückseite ist angeraut.
Beidseitig tragbar.
Der Gürtel ist 4 cm breit und 120 cm lang.
Der Stoff ist blickdicht.
Mit Teflonfuß näht es sich leichter.
Kein Umtausch von Schnittmustern nötig: Es gibt alle Größen auf einem Bogen.
Anleitung zum Herunterladen, 12 Seiten.
Fragen zur Nachhaltigkeit beantworten wir gern.
Die Farbe Klima heißt bei uns jetzt Nebelblau.
Plastik-Knöpfe, robust, für Kinderjacken.
Biologie-Stoff: Bienen und Blüten mit ihren Namen.
Kompost-Braun, Moor-Grün und Lehm: die Farben des Gartens.
Naturschwarz ist Schafwolle, die nicht gefärbt wurde.
""".strip().splitlines()

COMPOSED = [f"{colour.capitalize()} {good} {end}" for colour, good, end in product(_COLOURS, _GOODS, _ENDS)]
COLOURED = [f"{good} in {shade}" for good, shade in product(_GOODS, _SHADES)]

HARMLESS = [*WRITTEN, *COMPOSED, *COLOURED]
