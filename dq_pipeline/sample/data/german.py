"""German."""

from dq_pipeline.sample.language import Language

LANGUAGE = Language(
    code="de",
    male="""Peter Michael Thomas Andreas Wolfgang Klaus Jürgen Hans Stefan Christian Uwe Werner Günter Markus
        Alexander Frank Martin Bernd Matthias Ralf Daniel Sebastian Tobias Florian Jan Lukas Felix Maximilian
        Jonas Leon Paul Johannes Heinrich Karl Friedrich Georg Rainer Torsten Jörg Holger Dirk Sven Björn Götz
        Kai Volker Ulrich Konstantin Moritz Benedikt Emil Anton Mehmet Mustafa""",
    female="""Maria Ursula Monika Petra Elisabeth Sabine Renate Helga Karin Brigitte Ingrid Erika Andrea
        Gisela Claudia Susanne Gabriele Christa Christine Hildegard Anna Julia Katharina Sarah Laura Lena Lea
        Hannah Mia Sophie Marie Johanna Franziska Stefanie Nicole Heike Silke Anja Birgit Martina Käthe Jutta
        Dörte Antje Frieda Charlotte Greta Ayşe Fatma Theresa""",
    surnames="""Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Schäfer Koch Bauer
        Richter Klein Wolf Schröder Neumann Schwarz Zimmermann Braun Krüger Hofmann Hartmann Lange Schmitt
        Werner Krause Meier Lehmann Schmid Schulze Maier Köhler Herrmann König Walter Mayer Huber Kaiser Fuchs
        Peters Lang Scholz Möller Weiß Jung Hahn Vogel Friedrich Keller Günther Frank Berger Winkler Roth Beck
        Lorenz Baumann Yılmaz Kaya Demir von_Bülow von_der_Heyden""",
    stems="""Acker Alten Apfel Bach Baum Berg Birken Blumen Brand Breiten Brunn Buch Burg Dorn Eber Eich Eisen
        Engel Erlen Falken Feld Felsen Finken Frei Garten Gold Grün Haber Hager Hammer Hasel Heiden Hinter
        Hoch Holz Kalten Kirch Korn Kupfer Langen Leiten Linden Löwen Mitter Mühl Neu Nieder Ober Otten Rauh
        Reich Reis Ritter Rosen Rot Sand Schön Schwarzen Silber Sonnen Stein Stern Stroh Tal Tannen Unter
        Vogel Wald Wein Weiden Weiß Wiesen Wind Winter""",
    endings="""mann meier bauer hofer berger bacher müller felder hauser huber thal stein born feld brunner
        egger eder inger ler reuter macher schmidt hof""",
    streets="""Haupt Bahnhof Garten Schul Dorf Berg Kirch Wald Linden Ring Goethe Schiller Mozart Beethoven
        Bach Lessing Kant Birken Eichen Tannen Ahorn Buchen Wiesen Feld Mühlen Rosen Blumen Sonnen Schloss
        Burg Markt Post Rathaus Friedrich Wilhelm Bismarck Kaiser König""",
    street_kinds="{}straße {}weg {}gasse {}allee {}platz",
    numbered="{s} {n}",
    numbered_latin="{s} {n}",
    double_share=0.03,
    nicknames="""Johannes:Hans,Hannes Alexander:Alex,Sascha Michael:Michi Thomas:Tom Andreas:Andi
        Wolfgang:Wolf Sebastian:Basti Tobias:Tobi Florian:Flo Maximilian:Max Lukas:Luki Matthias:Matze
        Heinrich:Heinz Friedrich:Fritz,Friedel Georg:Schorsch Ulrich:Uli Konstantin:Kosta Benedikt:Beni
        Joachim:Jochen Elisabeth:Sissi,Lisbeth,Elli Katharina:Kathi,Käthe Johanna:Hanna Franziska:Franzi
        Stefanie:Steffi Gabriele:Gabi Ursula:Uschi Susanne:Susi Brigitte:Gitte Hildegard:Hilde Theresa:Resi
        Christine:Christl""",
    abbreviations="straße>str. platz>pl.",
)
