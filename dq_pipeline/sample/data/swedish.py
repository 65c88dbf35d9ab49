"""Swedish."""

from dq_pipeline.sample.language import Language

LANGUAGE = Language(
    code="sv",
    male="""Lars Mikael Anders Johan Erik Per Peter Jan Fredrik Thomas Daniel Hans Andreas Magnus Stefan Mats
        Bo Marcus Niklas Alexander Björn Lennart Bengt Göran Ulf Håkan Åke Sven Leif Henrik Jonas Christer
        Mattias Gustav Emil Oskar Viktor William Lucas Elias Hugo Olle Nils Axel""",
    female="""Anna Eva Maria Karin Kristina Lena Kerstin Sara Emma Ingrid Malin Jenny Linda Elin Birgitta
        Annika Marie Johanna Ulla Sofia Helena Anneli Åsa Susanne Monica Hanna Ida Elisabeth Gunilla Julia
        Amanda Matilda Frida Ebba Alva Wilma Märta Göta Linnéa Astrid Britt-Marie Ann-Christin""",
    surnames="""Andersson Johansson Karlsson Nilsson Eriksson Larsson Olsson Persson Svensson Gustafsson
        Pettersson Jonsson Jansson Hansson Bengtsson Jönsson Lindberg Jakobsson Magnusson Olofsson Lindström
        Lindqvist Lindgren Axelsson Berg Bergström Lundberg Lind Lundgren Lundqvist Mattsson Berglund
        Fredriksson Sandberg Henriksson Forsberg Sjöberg Wallin Engström Eklund Danielsson Lundin Håkansson
        Björk Bergman Gunnarsson Holm Wikström Samuelsson Isaksson Öberg Åberg""",
    stems="""Ahl Alm Ask Berg Björk Blom Bo Brand Bäck Dahl Ek Eng Fager Falk Fors Fri Gran Grön Gull Hag Hall
        Hammar Hav Hed Hell Hjelm Hol Häll Höög Kron Kvist Lag Lill Lind Ljung Lund Löf Löv Mal Mos Myr Mört
        Nor Ny Näs Palm Ran Ros Rud Ryd Sand Sjö Skog Strand Ström Sund Svan Söder Tall Torn Vall Väster Wall
        Wid Wik Ång Åker Åkes Öst""",
    endings="""berg ström lund qvist gren dahl strand mark by stedt man vall holm blad hult backa ing löf
        feldt""",
    streets="""Stor Kyrko Skol Kungs Drottning Järnvägs Park Skogs Björk Ek Lind Tall Gran Ängs Sjö
        Strand Hamn Bruks Kvarn Slotts Smedje Östra_Stor Västra_Stor Norra_Stor Södra_Stor Linné
        Fabriks Industri Trädgårds Prost Klock""",
    street_kinds="{}gatan {}vägen {}gränd {}stigen",
    numbered="{s} {n}",
    numbered_latin="{s} {n}",
    keeps_name=0.35,
    nicknames="""Lars:Lasse Mikael:Micke Johan:Jojje Fredrik:Fredde Thomas:Tompa Daniel:Danne Hans:Hasse
        Stefan:Steffe Alexander:Alex Bengt:Benke Lennart:Lelle Gustav:Gurra Björn:Nalle Sven:Svenne Leif:Leffe
        Niklas:Nicke Kristina:Stina,Kicki Birgitta:Gittan Margareta:Greta,Maggan Elisabeth:Lisa,Bettan
        Gunilla:Nilla Johanna:Hanna Karin:Kajsa Matilda:Tilda""",
    abbreviations="gatan>g. vägen>v.",
)
