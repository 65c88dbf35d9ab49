"""Portuguese: usually two surnames, the mother's before the father's."""

from dq_pipeline.sample.language import Language

LANGUAGE = Language(
    code="pt",
    male="""José João António Francisco Carlos Paulo Pedro Luís Manuel Marcos Rafael Daniel Marcelo Bruno
        Eduardo Felipe Rodrigo Tiago Miguel Gabriel Lucas Gustavo Guilherme André Fernando Ricardo Nuno Rui
        Jorge Diogo Gonçalo Vítor Fábio Leonardo Thiago Mateus Sérgio Márcio Sebastião Raimundo Afonso Martim
        Tomás Henrique""",
    female="""Maria Ana Francisca Antónia Adriana Juliana Márcia Fernanda Patrícia Aline Sandra Camila Amanda
        Bruna Jéssica Letícia Júlia Luciana Vanessa Mariana Gabriela Vera Vitória Larissa Cláudia Beatriz Rita
        Sofia Inês Leonor Matilde Carolina Margarida Joana Catarina Teresa Helena Conceição Fátima Graça Luísa""",
    surnames="""Silva Santos Ferreira Pereira Oliveira Costa Rodrigues Martins Sousa Fernandes Gonçalves Gomes
        Lopes Marques Alves Almeida Ribeiro Pinto Carvalho Teixeira Moreira Correia Mendes Nunes Soares Vieira
        Monteiro Cardoso Rocha Raposo Neves Coelho Cruz Cunha Pires Ramos Reis Simões Antunes Matos Fonseca
        Machado Araújo Barbosa Tavares Lourenço Castro Figueiredo Azevedo Freitas Barros Lima Nascimento
        Andrade Moura dos_Santos da_Conceição de_Jesus""",
    stems="""Alb Alv Amar Arauj Bel Berr Bor Brand Cab Cal Cam Can Carr Cast Cav Cord Dant Dur Esp Falc Fari
        Feij Figu Font Gald Gou Guim Hort Lac Lam Lei Lob Mac Mad Magal Mal Mar Mesq Mor Negr Nog Pac Palm Pam
        Pass Peix Pes Port Quint Rab Reb Ric Sal Samp Sar Seq Ser Tom Torr Val Vasc Ver Vil""",
    endings="eira eiro inho ães ado ares al ela ino osa oso uel anda ino ete ança edo",
    streets="""Augusta da_Liberdade das_Flores de_Santa_Catarina do_Comércio 25_de_Abril da_República
        de_São_João Direita da_Boavista do_Carmo das_Palmeiras dos_Pinheiros Brasil Portugal Luís_de_Camões
        Vasco_da_Gama Paulista Sete_de_Setembro Quinze_de_Novembro Tiradentes Santos_Dumont São_José São_Pedro
        da_Paz das_Acácias do_Sol da_Igreja da_Escola Almirante_Reis""",
    street_kinds="Rua_{} Avenida_{} Travessa_{} Praça_{}",
    numbered="{s}, {n}",
    numbered_latin="{s}, {n}",
    double_share=0.85,
    joiner=" ",
    mother_name=True,
    keeps_name=0.7,
    nicknames="""José:Zé João:Jota António:Tó,Toninho Francisco:Chico Carlos:Carlitos Paulo:Paulinho Luís:Lula
        Manuel:Manel Rafael:Rafa Eduardo:Edu,Dudu Gabriel:Biel Guilherme:Gui Gustavo:Guga Felipe:Lipe
        Miguel:Miguelito Fernanda:Nanda Patrícia:Paty Francisca:Chica Gabriela:Gabi Juliana:Ju Beatriz:Bia
        Margarida:Guida Carolina:Carol Luísa:Lu Conceição:São Vitória:Vivi Mariana:Mari Camila:Mila""",
    abbreviations="Rua>R. Avenida>Av. Travessa>Tv.",
    numbers_to=900,
)
