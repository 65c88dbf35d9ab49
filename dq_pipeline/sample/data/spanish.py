"""Spanish: two surnames, the father's and the mother's; marriage changes neither."""

from dq_pipeline.sample.language import Language

LANGUAGE = Language(
    code="es",
    male="""Antonio José Manuel Francisco David Juan Javier Daniel Carlos Jesús Alejandro Miguel Rafael Pedro
        Pablo Ángel Sergio Fernando Luis Jorge Alberto Álvaro Adrián Diego Raúl Iván Enrique Rubén Ramón
        Vicente Andrés Joaquín Santiago Víctor Eduardo Roberto Jaime Mario Ignacio Hugo Martín Lucas Óscar
        Íñigo Gonzalo José_Antonio José_Luis Juan_Carlos Francisco_Javier""",
    female="""María Carmen Ana Isabel Dolores Pilar Teresa Rosa Josefa Cristina Laura Marta Elena Lucía
        Antonia Mercedes Francisca Paula Sara Raquel Rocío Concepción Beatriz Silvia Julia Irene Encarnación
        Patricia Andrea Montserrat Alba Nuria Sofía Claudia Inés Begoña Amparo Yolanda Verónica Ángela
        Consuelo María_Carmen María_José Ana_María María_Dolores""",
    surnames="""García Rodríguez González Fernández López Martínez Sánchez Pérez Gómez Martín Jiménez Ruiz
        Hernández Díaz Moreno Muñoz Álvarez Romero Alonso Gutiérrez Navarro Torres Domínguez Vázquez Ramos Gil
        Ramírez Serrano Blanco Molina Morales Suárez Ortega Delgado Castro Ortiz Rubio Marín Sanz Núñez
        Iglesias Medina Garrido Cortés Castillo Santos Lozano Guerrero Cano Prieto Méndez Cruz Calvo Vidal
        León de_la_Fuente del_Río de_la_Torre""",
    stems="""Alba Alcá Aran Arri Bar Bel Cal Cam Can Car Cas Cer Echeva Esco Fer Fon Gal Gar Gonza Hered Igual
        Lar Lasa Mal Man Mari Mon Mora Nava Oliva Pala Pare Pas Pera Quinta Ribe Ro Sal San Sando Tor Ur Val
        Vala Ver Villa Villal Zabal Zala Zu""",
    endings="""rez nal llo do eta ero era zo ga ón ista da res val ta rra rro no nos llanos mendi guren""",
    streets="""Mayor Real del_Sol de_la_Constitución de_España San_Juan San_Pedro Santa_María de_la_Iglesia
        Nueva Ancha Alcalá Cervantes Goya Velázquez Colón del_Carmen de_la_Paz de_la_Libertad del_Prado
        de_Andalucía de_Cataluña Gran_Vía Serrano Miguel_Hernández Federico_García_Lorca Antonio_Machado
        Rosalía_de_Castro de_los_Reyes_Católicos del_Pilar San_Antonio Ramón_y_Cajal Isabel_la_Católica
        Picasso Murillo""",
    street_kinds="Calle_{} Avenida_{} Plaza_{} Paseo_{}",
    numbered="{s}, {n}",
    numbered_latin="{s}, {n}",
    double_share=0.93,
    joiner=" ",
    mother_name=True,
    keeps_name=1.0,
    nicknames="""José:Pepe Francisco:Paco,Fran,Curro Manuel:Manolo Antonio:Toño,Toni Alejandro:Álex
        Javier:Javi Ignacio:Nacho Enrique:Quique Rafael:Rafa Eduardo:Edu Alberto:Berto Santiago:Santi
        Dolores:Lola Pilar:Pili Concepción:Concha,Conchi Mercedes:Merche Isabel:Isa Josefa:Pepa Francisca:Paca
        Montserrat:Montse Encarnación:Encarna Teresa:Tere Consuelo:Chelo Cristina:Cris Beatriz:Bea Jesús:Chus
        Luis:Lucho""",
    abbreviations="Calle>C/ Avenida>Avda. Plaza>Pza.",
)
