"""Dutch."""

from dq_pipeline.sample.language import Language

LANGUAGE = Language(
    code="nl",
    male="""Jan Johannes Cornelis Hendrik Willem Pieter Gerrit Jacobus Dirk Peter Maarten Jeroen Bas Mark
        Thomas Tim Lars Daan Sem Lucas Bram Finn Thijs Ruben Jasper Wouter Sander Joost Koen Niels Frank Erik
        Martijn Rob Kees Henk Theo Piet Geert Sjoerd Jelle Tjeerd Mohammed""",
    female="""Maria Johanna Anna Cornelia Elisabeth Wilhelmina Hendrika Petra Monique Ingrid Esther Sandra
        Linda Marieke Sanne Lisa Emma Julia Sophie Lotte Fleur Eva Anouk Femke Iris Mirjam Saskia Marjolein
        Annemarie Wilma Gerda Ria Tineke Greetje Hanneke Ilse Roos Noor Fatima""",
    surnames="""de_Jong Jansen de_Vries van_den_Berg van_Dijk Bakker Janssen Visser Smit Meijer de_Boer Mulder
        de_Groot Bos Vos Peters Hendriks van_Leeuwen Dekker Brouwer de_Wit Dijkstra Smits de_Graaf
        van_der_Meer Kok Jacobs van_der_Linden de_Haan Vermeulen van_den_Heuvel van_der_Veen van_den_Broek
        de_Bruijn de_Bruin van_der_Heijden Schouten van_Beek Willems van_Vliet Hoekstra Maas Verhoeven Koster
        van_Dam Prins Blom Huisman Peeters Kuipers van_Veen Postma Kramer van_'t_Hof El_Amrani""",
    stems="""Berg Boer Bosch Bree Brug Buiten Den Dijk Door Dries Eik Elze Ger Groen Haar Hage Heer Heide Hoek
        Hoog Hout Kamp Kasten Kerk Klaver Kooi Kruis Laan Lange Leeuw Linde Loos Meer Mole Nieuw Noor Oost
        Oude Over Plas Pol Raven Rijn Roo Rozen Schaap Schel Snij Steen Ter Twist Velt Ven Vliet Voor Water
        Weste Wijn Wilde Winkel Zand Zee Zonne Zuid""",
    endings="ink stra man huis veld kamp berg horst dijk mans sma bergen wijk enga hof broek ders aar",
    streets="""Kerk School Dorps Molen Nieuw Hoofd Beatrix Wilhelmina Juliana Emma Oranje
        Rembrandt Vondel Linden Eiken Beuken Kastanje Berken Wilgen Tulpen Rozen Station Markt Haven Raadhuis
        Ooster Wester Noorder Zuider Spinoza Erasmus Mauritsz Brink""",
    street_kinds="{}straat {}laan {}weg {}plein {}singel {}kade",
    numbered="{s} {n}",
    numbered_latin="{s} {n}",
    double_share=0.05,
    nicknames="""Johannes:Hans,Joop,Johan Cornelis:Kees,Cor Hendrik:Henk,Rik Willem:Wim Pieter:Piet
        Jacobus:Jaap,Koos Gerrit:Gert Thomas:Tom Johanna:Jo,Hanneke Wilhelmina:Wil,Willy,Mina Cornelia:Corrie
        Elisabeth:Els,Bep Hendrika:Rika,Ria Marjolein:Jolein Martijn:Tijn""",
    abbreviations="straat>str. plein>pln",
)
