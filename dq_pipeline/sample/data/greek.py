"""Greek: surnames follow the sex."""

from dq_pipeline.sample.language import Language

LANGUAGE = Language(
    code="el",
    male="""Γεώργιος=Georgios Ιωάννης=Ioannis Κωνσταντίνος=Konstantinos Δημήτριος=Dimitrios Νικόλαος=Nikolaos
        Παναγιώτης=Panagiotis Βασίλειος=Vasileios Χρήστος=Christos Αθανάσιος=Athanasios Ευάγγελος=Evangelos
        Μιχαήλ=Michail Σπυρίδων=Spyridon Αντώνιος=Antonios Αναστάσιος=Anastasios Θεόδωρος=Theodoros
        Ανδρέας=Andreas Χαράλαμπος=Charalampos Αλέξανδρος=Alexandros Εμμανουήλ=Emmanouil Στέφανος=Stefanos
        Πέτρος=Petros Απόστολος=Apostolos Ηλίας=Ilias Σταύρος=Stavros Φώτιος=Fotios""",
    female="""Μαρία=Maria Ελένη=Eleni Αικατερίνη=Aikaterini Βασιλική=Vasiliki Σοφία=Sofia Αγγελική=Angeliki
        Γεωργία=Georgia Δήμητρα=Dimitra Κωνσταντίνα=Konstantina Ιωάννα=Ioanna Παναγιώτα=Panagiota Άννα=Anna
        Ευαγγελία=Evangelia Ευαγγελική=Evangeliki Αναστασία=Anastasia Χριστίνα=Christina Παρασκευή=Paraskevi
        Φωτεινή=Foteini Αθανασία=Athanasia Σταυρούλα=Stavroula Ειρήνη=Eirini Δέσποινα=Despoina Ζωή=Zoi""",
    surnames="""Παπαδόπουλος=Papadopoulos Βλάχος=Vlachos Αγγελόπουλος=Angelopoulos Νικολαΐδης=Nikolaidis
        Γεωργίου=Georgiou Παππάς=Pappas Καραγιάννης=Karagiannis Αντωνίου=Antoniou Μακρής=Makris
        Οικονόμου=Oikonomou Δημητρίου=Dimitriou Παπαδάκης=Papadakis Ιωάννου=Ioannou Κωνσταντίνου=Konstantinou
        Βασιλείου=Vasileiou Αθανασίου=Athanasiou Παπαγεωργίου=Papageorgiou Χατζής=Chatzis
        Μιχαηλίδης=Michailidis Σωτηρόπουλος=Sotiropoulos Αναγνώστου=Anagnostou Κατσαρός=Katsaros
        Λάμπρου=Lamprou""",
    stems="""Αλεξ=Alex Αναγνωστ=Anagnost Αντων=Anton Αποστολ=Apostol Αργυρ=Argyr Βασιλ=Vasil Γιανν=Giann
        Γρηγορ=Grigor Δημ=Dim Διαμαντ=Diamant Ευαγγελ=Evangel Ζαφειρ=Zafeir Θεοδωρ=Theodor Καλογερ=Kaloger
        Καρα=Kara Κυριακ=Kyriak Κωστ=Kost Λαζαρ=Lazar Μανωλ=Manol Μαυρ=Mavr Μιχαλ=Michal Νικ=Nik Παναγ=Panag
        Παπαδημ=Papadim Παρασκευ=Paraskev Πετρ=Petr Σταματ=Stamat Σταυρ=Stavr Στεφαν=Stefan Σωτηρ=Sotir
        Τριανταφυλλ=Triantafyll Φωτ=Fot Χατζ=Chatz Χριστ=Christ Ψαρ=Psar""",
    endings="όπουλος=opoulos ίδης=idis άκης=akis άκος=akos έλης=elis ούδης=oudis έας=eas άτος=atos",
    streets="""Ερμού=Ermou Σταδίου=Stadiou Πανεπιστημίου=Panepistimiou Αθηνάς=Athinas Ακαδημίας=Akadimias
        Σόλωνος=Solonos Πατησίων=Patision Κηφισίας=Kifisias Μεγάλου_Αλεξάνδρου=Megalou_Alexandrou
        Τσιμισκή=Tsimiski Εγνατία=Egnatia Κολοκοτρώνη=Kolokotroni Παπάγου=Papagou Βενιζέλου=Venizelou
        Καραϊσκάκη=Karaiskaki Ομήρου=Omirou Αριστοτέλους=Aristotelous Πλάτωνος=Platonos Σωκράτους=Sokratous
        Ηρακλέους=Irakleous Ρήγα_Φεραίου=Riga_Feraiou 28ης_Οκτωβρίου=28is_Oktovriou
        Αγίου_Δημητρίου=Agiou_Dimitriou""",
    street_kinds="{}={} Λεωφόρος_{}=Leoforos_{} Πλατεία_{}=Plateia_{}",
    numbered="{s} {n}",
    numbered_latin="{s} {n}",
    feminine="""όπουλος=opoulos>οπούλου=opoulou ίδης=idis>ίδου=idou άκης=akis>άκη=aki ούδης=oudis>ούδη=oudi
        άκος=akos>άκου=akou έλης=elis>έλη=eli έας=eas>έα=ea άτος=atos>άτου=atou άχος=achos>άχου=achou
        ννης=nnis>ννη=nni ρής=ris>ρή=ri ζής=zis>ζή=zi ππάς=ppas>ππά=ppa ρός=ros>ρού=rou ΐδης=idis>ΐδου=idou""",
    keeps_name=0.75,
    nicknames="""Γεώργιος:Γιώργος=Giorgos Ιωάννης:Γιάννης=Giannis Κωνσταντίνος:Κώστας=Kostas,Ντίνος=Dinos
        Δημήτριος:Δημήτρης=Dimitris,Μήτσος=Mitsos Νικόλαος:Νίκος=Nikos Παναγιώτης:Τάκης=Takis
        Βασίλειος:Βασίλης=Vasilis Αθανάσιος:Θανάσης=Thanasis Ευάγγελος:Βαγγέλης=Vangelis
        Μιχαήλ:Μιχάλης=Michalis Σπυρίδων:Σπύρος=Spyros Αντώνιος:Αντώνης=Antonis Αναστάσιος:Τάσος=Tasos
        Χαράλαμπος:Μπάμπης=Babis Αλέξανδρος:Αλέκος=Alekos Εμμανουήλ:Μανώλης=Manolis
        Αικατερίνη:Κατερίνα=Katerina Βασιλική:Βάσω=Vaso Κωνσταντίνα:Ντίνα=Dina Παναγιώτα:Γιώτα=Giota
        Σταυρούλα:Βούλα=Voula Παρασκευή:Βούλα=Voula,Εύη=Evi Ευαγγελία:Λίτσα=Litsa""",
)
