"""French."""

from dq_pipeline.sample.language import Language

LANGUAGE = Language(
    code="fr",
    male="""Jean Pierre Michel Philippe Alain Nicolas Christophe Laurent Patrick Stéphane Bernard Frédéric
        Thomas François Julien Éric Sébastien Olivier Daniel Gérard David Antoine Christian Alexandre Pascal
        Jérôme Thierry Marc Guillaume Maxime Mathieu Lucas Hugo Théo Louis Gabriel Raphaël Étienne Benoît Rémi
        Cédric Loïc Yves André René Mohamed Karim Jean-Pierre Jean-Luc Jean-François""",
    female="""Marie Nathalie Isabelle Sylvie Catherine Françoise Martine Monique Christine Valérie Sandrine
        Véronique Stéphanie Anne Sophie Céline Julie Sandra Nicole Camille Émilie Aurélie Élodie Léa Manon
        Chloé Emma Inès Jade Louise Hélène Claire Pauline Charlotte Margaux Brigitte Jacqueline Thérèse Odile
        Geneviève Solène Amélie Maëlle Fatima Anne-Marie Marie-Claude Marie-Christine""",
    surnames="""Martin Bernard Thomas Petit Robert Richard Durand Dubois Moreau Laurent Simon Michel Lefèvre
        Leroy Roux David Bertrand Morel Fournier Girard Bonnet Dupont Lambert Fontaine Rousseau Vincent Muller
        Lefebvre Faure André Mercier Blanc Guérin Boyer Garnier Chevalier François Legrand Gauthier Garcia
        Perrin Robin Clément Morin Nicolas Henry Roussel Mathieu Gautier Masson Duval Benali Haddad Traoré
        Diallo de_La_Tour de_Villiers d'Aubigny L'Hermitte""",
    stems="""Bar Beau Bel Bert Blan Bois Bon Bouch Bour Bris Cail Cam Car Chab Cham Chan Char Chat Cler Col
        Cor Cour Dar Del Des Dor Drou Du Fau Fer Fon Four Gal Gar Gau Ger Gir Gou Gran Gué Guill Hau Jac Jol
        Lac Lam Lan Lav Lom Mail Mal Marc Mau Mon Mour Nor Par Pel Per Pich Poi Pon Pré Ren Ric Rob Roch Rou
        Sau Tal Tess Tour Val Ver Vil Vau""",
    endings="""ard aud eau el elle et ette ier ière in ois on ot oux y ault aux ert ot illon inet ineau elin
        eret ouin uet""",
    streets="""Victor_Hugo de_la_République de_la_Gare de_l'Église du_Général_de_Gaulle Jean_Jaurès Pasteur
        de_la_Liberté des_Lilas des_Écoles du_Moulin de_la_Mairie Gambetta Voltaire Émile_Zola Jules_Ferry
        Molière Foch de_Verdun du_8_Mai_1945 des_Acacias des_Tilleuls de_la_Fontaine Saint-Martin
        Saint-Jacques Nationale de_Paris des_Roses du_Château du_Stade Carnot Jeanne_d'Arc Anatole_France
        des_Peupliers""",
    street_kinds="rue_{} avenue_{} boulevard_{} place_{} chemin_{} impasse_{}",
    keeps_name=0.3,
    nicknames="""Alexandre:Alex Sébastien:Seb Frédéric:Fred Stéphane:Steph Christophe:Chris Nicolas:Nico
        Maxime:Max Mathieu:Mat Philippe:Phil Guillaume:Guigui Catherine:Cathy Stéphanie:Steph Nathalie:Nath
        Isabelle:Isa Véronique:Véro Valérie:Val Élodie:Élo Dominique:Dom Françoise:Fanfan Camille:Cam""",
    abbreviations="avenue>av. boulevard>bd place>pl. chemin>ch.",
)
