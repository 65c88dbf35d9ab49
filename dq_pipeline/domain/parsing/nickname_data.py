"""Given names and what people call those who bear them: one group a line, the full name first.

Complements the English lists of the `nicknames` package with other languages and with forms it lacks. Folded
forms (fold: transliterated, lower case). Spelling variants and translations stand in a group when one person
plausibly uses both in different systems. Where a short form stands in several groups the first is the likeliest.
"""

NICKNAME_GROUPS = """
margaret: peggy meg maggie madge marge margie daisy greta peg peggie mags maisie meggie pegg
mary: polly molly mamie may minnie
robert: bob bobby rob robbie bert
richard: dick rick rich ricky richie
william: bill billy will willy liam
elizabeth: liz beth betty eliza bess lizzie libby betsy elsie lilibet
john: jack johnny jon jock ian sean
edward: ted ned ed eddie teddy
henry: harry hal hank
james: jim jimmy jamie jem seamus
charles: chuck charlie charley chas
dorothy: dot dolly dottie dora
sarah: sally sadie sara
ann: nan nancy annie
anne: nan nancy annie
martha: patty mattie
patricia: pat patty patsy tricia trish
patrick: pat paddy padraig rick
theodore: ted teddy theo
lawrence: larry laurie laurence lars
joseph: joe joey jos jo
ronald: ron ronnie ronny
anthony: tony ant
thomas: tom tommy tomas tommaso
michael: mike mick mickey micky mikey michi michel mikael mikkel miguel michele
alexander: alex alec alick eck sandy xander lex sasha
albert: al bert bertie
christopher: chris kit topher
christine: chris chrissie tina
kimberly: kim kimmy kimberley
katherine: kate katie kathy kit kitty kay
stephen: steve stevie
george: georgie
francis: frank frankie fran
matthew: matt matty
david: dave davy davey
daniel: dan danny
samuel: sam sammy
benjamin: ben benny benji
andrew: andy drew
peter: pete
nicholas: nick nicky nico
gregory: greg
susan: sue susie suzy
helen: nell nellie lena
rebecca: becky becca
jennifer: jenny jen
deborah: debbie deb debra
barbara: barb babs barbie basia barbi
judith: judy
pamela: pam
frederick: fred freddie freddy
aleksandr: sasha sascha shura sanya sania alex aleks alexandr alexander oleksandr sander sandro xander aleksander
aleksandra: sasha sascha shura alexandra sandra alex oleksandra ola
aleksey: alyosha alesha lyosha alexei alexey aleksei oleksiy alexis
anastasiya: nastya nastia anastasia nastja asya stacey
andrey: andrei andrej andriy andryusha andrew
anna: anya anja ania anechka annie annika anke ann anne hanna
boris: borya boria
dmitriy: dima mitya dmitri dmitry dmytro dimitri dimitrij
ekaterina: katya katja katia yekaterina kateryna catherine katerina kate kasia katarzyna
elena: lena alena yelena olena helena helen lenochka
evgeniy: zhenya zhenia evgeni evgeny yevgeny yevgeni yevhen eugene
evgeniya: zhenya zhenia evgenia yevgenia eugenia
fyodor: fedor fedya feodor theodor
galina: galya galia halyna
georgiy: georgi georgy georgii gosha zhora yegor egor yuriy heorhiy george giorgos georgios
grigoriy: grisha grigori grigory hryhoriy gregory
ilya: ilia ilja ilyusha
irina: ira iryna irena irene irisha
ivan: vanya vania iwan
konstantin: kostya kostia kostyantyn constantin constantine konstantinos kostas
kseniya: ksenia ksyusha xenia oksana
larisa: lara larissa
lev: lyova leva leo
lyubov: lyuba liubov luba lubov
lyudmila: lyuda luda lyusya ludmila liudmila lyudmyla
mariya: masha maria mariia marusya manya marie mary
mikhail: misha michail mykhailo michael mihail mikhael mischa
nadezhda: nadya nadia nadja nadiya
natalya: natasha natascha natalia nataliya natalie nata
nikita: nik
nikolay: kolya nikolai nikolaj mykola nicholas nikolaus nick
oleg: oleh olezhka
olga: olya olia olha helga
pavel: pasha pavlo paul pawel
pyotr: petya petr peter petro piotr
roman: roma
sergey: seryozha serezha sergei serhiy serge sergej
sofiya: sonya sonja sonia sofia sophia sophie sofi sofie
stanislav: stas slava stanislaw
svetlana: sveta svitlana lana
tatyana: tanya tania tanja tatiana tetyana tatjana
timofey: tima timothy
valentina: valya valia
vasiliy: vasya vasili vasily vasyl basil vassily vasilios vasilis
viktor: vitya victor
viktoriya: vika victoria viktoria
vitaliy: vitalik vitali vitaly
vladimir: vova volodya vladimir volodymyr wladimir vlad
vladislav: vlad vladik slava wladyslaw
vyacheslav: slava viacheslav
yakov: yasha jakob jacob james
yekaterina: katya katja katia ekaterina
yuliya: yulia julia yulya iuliia julie
yuriy: yura yuri yury iurii jurij george
zinaida: zina
agnieszka: aga agnes
andrzej: andrew jedrek
elzbieta: ela elizabeth elisabeth
grzegorz: grzesiek greg gregory
jan: janek jasiek johan johannes hans john
jerzy: jurek george
jozef: jozek josef joseph joe
krzysztof: krzysiek krzys christopher
magdalena: magda lena madeleine maddalena
malgorzata: gosia malgosia margaret margareta
michal: michael
pawel: paul
stanislaw: staszek stan
tomasz: tomek thomas tom
wojciech: wojtek
zbigniew: zbyszek
alfred: fred alf alfie freddy
andreas: andi andy anders andrea andrew
bernhard: bernd berni bernard
christian: chris kris
christina: tina chris kristina christine chrissy
dieter: didi dietrich
eduard: edi ede edward
elisabeth: lisa lisbeth elsbeth elli sissi liesl liese elise elizabeth betty bettina elsa ilse lilli
ernst: ernest
eva: evi ewa eve
franziska: franzi frances francesca francisca
friedrich: fritz fred frederick frederik friedel
fritz: friedrich
georg: schorsch george jorg jurgen
gerhard: gerd gert gerard
gottfried: godfrey friedl
gunther: gunter guenther guenter
hans: johann johannes hansi john
heinrich: heinz heiner henry hein henrik hendrik
helmut: helmuth helli
hermann: herman manni armin
ilse: elisabeth
ingeborg: inge
jakob: jacob jakub jacques jack
joachim: jochen achim jo
johann: hans hannes john johannes
johanna: hanna hanne hannah joan johana
johannes: hans hannes johann john
jorg: joerg georg
jurgen: juergen georg
josef: sepp seppi pepi joseph jozef
karl: carl charles kalle
karoline: caroline karolin lina
katharina: kathi katja kathe kati catherine katrin kathrin trine katarina
klaus: claus nikolaus
konrad: conrad konni kurt
kurt: konrad curt
leonhard: leo hardy leonard
ludwig: lutz louis luis ludo
magnus: mans
manfred: manni fred
margarete: grete gretel greta gretchen margret margarethe margaret rita gitta
maria: mia mitzi marie mary mariechen ria mieke marijke rietje miep
martin: tin marten maarten
martina: tina
matthias: matthaus mathias hias matze matt matthew
maximilian: max maxi
nikolaus: klaus niklas nick nicolas
otto: otho
philipp: philip phil felipe filippo philippe
rosemarie: rosi rose rosie
rudolf: rudi ralf rolf rudolph
sebastian: basti seb bastian sebastien
siegfried: sigi siggi
sigmund: sigi sig siegmund
stefan: steffen stephan steve stephen steven stefano etienne esteban stepan szczepan
susanne: susi sanne susan susanna suzanne
theodor: theo teddy theodore
therese: resi theresa teresa terese
ulrich: uli ulli ulric
ursula: uschi ulla ursel
walter: walt walther wolter
wilhelm: willi willy wim willem william helmut
wolfgang: wolf wolfi
alberto: berto tito albert
alejandro: alex jandro ale alexander sandro
ana: anita
antonio: tono toni tonio anton antoine anthony tony nino toninho
beatriz: bea beatrice beatrix
carlos: charly carlitos charles
carmen: mamen menchu
concepcion: concha conchita
cristina: cris tina
dolores: lola loli lolita
eduardo: edu lalo edward
enrique: quique kike henry
ernesto: neto ernest
fernando: nando fer
francisco: paco pancho curro fran kiko francis xisco chico
francisca: paca paquita fran
gabriel: gabi gabe
guadalupe: lupe lupita
guillermo: memo guille william
gonzalo: gonza
ignacio: nacho inaki
isabel: isa chabela bel isabella isabelle elizabeth
javier: javi xavier xavi
jesus: chus chuy suso
joaquin: quino joachim
jorge: coque george
jose: pepe pepito chepe joseph ze
josefa: pepa pepita fina
josefina: pepa fina josephine
juan: juanito john joan
juana: juanita joan
luis: lucho luisito louis lewis
manuel: manolo manu lolo emanuel
mercedes: merche meche
miguel: miki migue michael
pedro: perico peter
pilar: pili
rafael: rafa raphael
ramon: moncho raymond
ricardo: richi ricky richard
roberto: beto robert berto
rosario: charo
santiago: santi chago tiago diego james
sergio: checho sergei
teresa: tere maite theresa
vicente: chente vincent
aleksandros: alexandros alekos alex
dimitrios: dimitris mitsos jimmy
eleni: elena lena helen nitsa
ioannis: yannis giannis john yiannis
konstantinos: kostas dinos costas
maddalena: lena magda
francesco: franco checco ciccio francis
francesca: franca checca
giacomo: mino james jacob
giovanni: gianni nanni vanni john
giovanna: gianna vanna joanna
giuseppe: beppe pino peppe peppino joseph
giuseppina: pina giusy josephine
lorenzo: renzo enzo lawrence
luigi: gigi gino louis
margherita: rita ghita margaret
salvatore: toto turi salvo sal
vincenzo: enzo cenzo vincent
bernard: bernie nanard
catherine: cathy cath kate katie kitty cate trina
francois: francis
francoise: fanfan francine
guillaume: guy william
jacques: jacquot james jacky
jean: jeannot john
jeanne: jeannette janne joan jane
louis: loulou
marguerite: margot margaux margaret
nicolas: nico nicholas
dominique: dom domi
antoine: tonio anthony toine
anton: toon tonie
cornelis: cees kees cor
cornelia: cor nelly corrie
geertruida: truus trudy geertje
hendrik: henk rik harry henry
jacobus: koos jaap sjaak ko
johan: jo joop hans john
petrus: piet peter pieter
wilhelmina: mien willemijn mina wil
willem: wim pim bill
adriana: jana adrie
margaretha: greet griet marga gre
bartholomeus: bart
antony: tony anthony
mohammed: mohamed muhammad mohammad mohd md mo muhammed mehmet mhmd mhd muhd
ahmed: ahmad ahmet
hussein: husain hossein huseyin hussain
yusuf: yousef youssef yusef joseph
ibrahim: ebrahim abraham ibo
mustafa: mostafa moustafa
fatima: fatma fatme fatimah
abdullah: abdallah abdulla
barbara: basia baska
danuta: danka
henryk: heniek henry
jadwiga: jadzia hedwig
jakub: kuba james jacob
joanna: asia joasia jo
katarzyna: kasia kaska catherine kate
kazimierz: kazik
krystyna: krysia christina
piotr: piotrek peter
ryszard: rysiek richard
stanislawa: stasia
tadeusz: tadek
teresa: tereska
zofia: zosia sophia
frantisek: franta francis
jaroslav: jarda
jiri: jirka george
katerina: katka
marie: maruska
vaclav: vasek venca
erzsebet: erzsi bozsi zsoka elizabeth
ferenc: feri francis
gabor: gabi
istvan: pista isti stephen
janos: jancsi jani john
jozsef: jozsi joseph
katalin: kati kata katherine
laszlo: laci
sandor: sanyi alexander
zoltan: zoli
zsuzsanna: zsuzsa zsuzsi susan
alessandro: ale sandro alexander
domenico: mimmo dominic
federico: fede
leonardo: leo
carlos: carlinhos
fernanda: nanda
joao: joaozinho jota john
luiz: lula luisinho
birgitta: gitta
kristina: stina
lars: lasse
per: pelle
constantin: costel dinu
gheorghe: gica gigi george
ion: ionut nelu john
nicolae: nicu nicusor
abdulrahman: abdul rahman abdurrahman
suleyman: solomon sulejman suleiman
"""
