"""Polish: surnames in -ski, -cki, -dzki follow the sex."""

from dq_pipeline.sample.language import Language

LANGUAGE = Language(
    code="pl",
    male="""Piotr Krzysztof Andrzej Tomasz Jan Paweł Michał Marcin Jakub Adam Marek Łukasz Grzegorz Mateusz
        Stanisław Wojciech Mariusz Dariusz Zbigniew Jerzy Maciej Rafał Robert Kamil Józef Jacek Dawid Tadeusz
        Szymon Kacper Bartosz Ryszard Artur Sebastian Przemysław Sławomir Janusz Mirosław Henryk Władysław
        Bogdan""",
    female="""Anna Maria Katarzyna Małgorzata Agnieszka Barbara Ewa Krystyna Elżbieta Magdalena Joanna Zofia
        Aleksandra Monika Teresa Danuta Natalia Karolina Marta Julia Beata Dorota Janina Jolanta Alicja
        Jadwiga Iwona Grażyna Halina Irena Justyna Paulina Renata Bożena Wiktoria Oliwia Zuzanna Urszula Łucja
        Stanisława""",
    surnames="""Nowak Kowalski Wiśniewski Wójcik Kowalczyk Kamiński Lewandowski Zieliński Szymański Woźniak
        Dąbrowski Kozłowski Jankowski Mazur Kwiatkowski Wojciechowski Krawczyk Kaczmarek Piotrowski Grabowski
        Zając Pawłowski Michalski Król Wieczorek Jabłoński Wróbel Nowakowski Majewski Olszewski Stępień
        Malinowski Jaworski Adamczyk Dudek Nowicki Pawlak Górski Witkowski Walczak Sikora Baran Rutkowski
        Michalak Szewczyk Ostrowski Tomaszewski Pietrzak Zalewski Wróblewski""",
    stems="""Adam Bar Biel Boch Bor Brzez Buj Chmiel Czarn Dęb Dom Dob Fil Gaj Gaw Głow Gol Gór Gran Grom Hor
        Jag Jan Jas Jędrz Kal Kamin Kas Klim Kor Kos Krak Kras Kub Lasz Leś Lip Lub Łuk Mach Mal Mar Mir Mroz
        Nied Now Ols Orł Ost Pak Pias Pil Pod Pol Rad Rak Rog Ros Sad Sam Siem Sko Sob Sok Stan Sław Such Szcz
        Tar Tom Trz Urb Wal Was Wier Wit Woj Wol Zab Zar Zar Ziel Żuk""",
    endings="""owski ewski iński ański icki ecki owicz ewicz czyk czak ak ek uk oń arz asz orski alski ylski""",
    streets="""Długa Krótka Polna Leśna Słoneczna Ogrodowa Lipowa Kwiatowa Szkolna Kościelna Sienkiewicza
        Mickiewicza Słowackiego Kościuszki Piłsudskiego Chopina Kopernika Moniuszki Reymonta Konopnickiej
        Żeromskiego Wojska_Polskiego 3_Maja 11_Listopada Jana_Pawła_II Warszawska Krakowska Gdańska Łąkowa
        Brzozowa Dębowa Klonowa Zielona Sportowa Parkowa Główna""",
    street_kinds="ul._{} al._{} os._{}",
    numbered="{s} {n}",
    numbered_latin="{s} {n}",
    feminine="ski>ska cki>cka dzki>dzka",
    double_share=0.03,
    nicknames="""Piotr:Piotrek Krzysztof:Krzysiek Andrzej:Jędrek Tomasz:Tomek Jan:Janek Michał:Michałek
        Jakub:Kuba Marek:Mareczek Grzegorz:Grzesiek Mateusz:Mati Stanisław:Staszek Wojciech:Wojtek
        Maciej:Maciek Zbigniew:Zbyszek Jerzy:Jurek Józef:Józek Tadeusz:Tadek Bartosz:Bartek Ryszard:Rysiek
        Sławomir:Sławek Anna:Ania Katarzyna:Kasia Małgorzata:Gosia,Małgosia Agnieszka:Aga Barbara:Basia
        Elżbieta:Ela Magdalena:Magda Joanna:Asia Zofia:Zosia Aleksandra:Ola Teresa:Tereska Natalia:Nati
        Jadwiga:Jadzia""",
    abbreviations="ul._>ul.",
)
