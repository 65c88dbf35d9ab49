"""Italian."""

from dq_pipeline.sample.language import Language

LANGUAGE = Language(
    code="it",
    male="""Giuseppe Antonio Giovanni Mario Luigi Andrea Francesco Marco Alessandro Roberto Salvatore Vincenzo
        Stefano Angelo Paolo Domenico Davide Luca Matteo Lorenzo Simone Fabio Claudio Riccardo Federico
        Massimo Giorgio Pietro Daniele Nicola Michele Filippo Leonardo Tommaso Gabriele Edoardo Emanuele
        Alberto Enrico Carlo Nicolò Raffaele Cristiano Giacomo""",
    female="""Maria Anna Giuseppina Rosa Angela Giovanna Teresa Lucia Carmela Caterina Francesca Paola Laura
        Sara Chiara Giulia Martina Alessandra Valentina Silvia Elena Federica Elisa Roberta Simona Daniela
        Monica Barbara Patrizia Cristina Sofia Aurora Giorgia Alice Beatrice Ginevra Ludovica Annamaria
        Antonella Concetta Immacolata Benedetta""",
    surnames="""Rossi Russo Ferrari Esposito Bianchi Romano Colombo Ricci Marino Greco Bruno Gallo Conti
        De_Luca Mancini Costa Giordano Rizzo Lombardi Moretti Barbieri Fontana Santoro Mariani Rinaldi Caruso
        Ferrara Galli Martini Leone Longo Gentile Martinelli Vitale Lombardo Serra Coppola De_Santis D'Angelo
        Marchetti Parisi Villa Conte Ferraro Ferri Fabbri Bianco Marini Grasso Valentini Messina Sala D'Amico
        Della_Valle Niccolò""",
    stems="""Albert Amad Angel Bald Bar Ben Bert Bon Bran Cal Camp Cap Car Cas Castell Cecc Cer Cor Dan Don
        Fabr Fal Fed Ferr Fil Fior Font Frat Gab Gall Gar Ghil Giann Gius Guid Lamb Laz Lor Luc Maff Mal Man
        Marc Mart Mass Mor Nann Nard Ner Oliv Orland Pal Pan Pell Per Pier Raim Ran Ros Rust Sal Sant Spad
        Stef Tar Tom Tor Val Ven Vin Zan""",
    endings="ini etti elli ucci oni ella one azzi ari aro acci otti oli asso ato igno ello ino",
    streets="""Roma Garibaldi Mazzini Dante_Alighieri Cavour Verdi Marconi Matteotti Leopardi Manzoni
        Vittorio_Emanuele della_Repubblica della_Libertà XX_Settembre IV_Novembre XXV_Aprile San_Francesco
        Sant'Antonio dei_Mille Galileo_Galilei Leonardo_da_Vinci Michelangelo Puccini Rossini Carducci Trento
        Trieste Milano Torino Napoli del_Popolo dei_Fiori delle_Rose Kennedy Gramsci""",
    street_kinds="Via_{} Viale_{} Piazza_{} Corso_{}",
    numbered="{s} {n}",
    numbered_latin="{s} {n}",
    keeps_name=0.8,
    nicknames="""Giuseppe:Beppe,Peppe,Pino Antonio:Tonino,Toni Giovanni:Gianni,Vanni Luigi:Gigi
        Francesco:Franco,Checco Alessandro:Sandro,Ale Salvatore:Salvo,Totò Vincenzo:Enzo Domenico:Mimmo
        Lorenzo:Renzo Tommaso:Tommy Gabriele:Lele Emanuele:Manu Raffaele:Lello Federico:Fede Riccardo:Ricky
        Giuseppina:Pina Giovanna:Gianna Francesca:Franca,Fra Alessandra:Sandra,Ale Valentina:Vale
        Federica:Fede Concetta:Tina Caterina:Rina Elisabetta:Betta Benedetta:Benny""",
    abbreviations="Piazza>P.zza Viale>V.le Corso>C.so",
)
