"""Bulgarian, in Cyrillic: surnames follow the sex."""

from dq_pipeline.sample.language import Language

LANGUAGE = Language(
    code="bg",
    male="""Георги=Georgi Иван=Ivan Димитър=Dimitar Николай=Nikolay Петър=Petar Христо=Hristo Тодор=Todor
        Александър=Aleksandar Стефан=Stefan Йордан=Yordan Васил=Vasil Атанас=Atanas Стоян=Stoyan
        Красимир=Krasimir Пламен=Plamen Ангел=Angel Мартин=Martin Борис=Boris Даниел=Daniel Валентин=Valentin
        Калоян=Kaloyan Виктор=Viktor Емил=Emil Кирил=Kiril Любомир=Lyubomir Румен=Rumen Владимир=Vladimir""",
    female="""Мария=Maria Иванка=Ivanka Елена=Elena Йорданка=Yordanka Пенка=Penka Маргарита=Margarita
        Виолета=Violeta Лиляна=Lilyana Цветанка=Tsvetanka Радка=Radka Надежда=Nadezhda Снежана=Snezhana
        Росица=Rositsa Даниела=Daniela Десислава=Desislava Габриела=Gabriela Виктория=Viktoria Теодора=Teodora
        Силвия=Silvia Петя=Petya Стефка=Stefka Веселина=Veselina Анна=Anna Биляна=Bilyana Цветелина=Tsvetelina""",
    surnames="""Иванов=Ivanov Георгиев=Georgiev Димитров=Dimitrov Петров=Petrov Николов=Nikolov
        Христов=Hristov Стоянов=Stoyanov Тодоров=Todorov Илиев=Iliev Василев=Vasilev Атанасов=Atanasov
        Петков=Petkov Ангелов=Angelov Колев=Kolev Йорданов=Yordanov Маринов=Marinov Попов=Popov
        Стефанов=Stefanov Михайлов=Mihaylov Кръстев=Krastev Костов=Kostov Димов=Dimov Костадинов=Kostadinov
        Павлов=Pavlov Митев=Mitev Симеонов=Simeonov Цветков=Tsvetkov Александров=Aleksandrov Марков=Markov
        Спасов=Spasov Лазаров=Lazarov Добрев=Dobrev Зографски=Zografski""",
    stems="""Балкан=Balkan Бел=Bel Благо=Blago Богдан=Bogdan Божин=Bozhin Бойч=Boych Бон=Bon Ват=Vat
        Велик=Velik Вълч=Valch Гач=Gach Ген=Gen Гроз=Groz Дел=Del Дон=Don Драган=Dragan Жел=Zhel Златан=Zlatan
        Калин=Kalin Камен=Kamen Кост=Kost Кун=Kun Лил=Lil Манол=Manol Мил=Mil Мирч=Mirch Найд=Nayd Нед=Ned
        Ник=Nik Ор=Or Пан=Pan Пейч=Peych Рад=Rad Райч=Raych Рус=Rus Сав=Sav Славч=Slavch Станч=Stanch
        Страхил=Strahil Тан=Tan Тонч=Tonch Узун=Uzun Филип=Filip Хаджи=Hadzhi Цан=Tsan Чолак=Cholak Шиш=Shish
        Янк=Yank""",
    endings="ов=ov ев=ev ански=anski евски=evski инов=inov ков=kov чев=chev",
    streets="""Витоша=Vitosha Раковски=Rakovski Васил_Левски=Vasil_Levski Христо_Ботев=Hristo_Botev
        Граф_Игнатиев=Graf_Ignatiev Шипка=Shipka Иван_Вазов=Ivan_Vazov Цар_Симеон=Tsar_Simeon
        Пиротска=Pirotska Славянска=Slavyanska Александровска=Aleksandrovska Преслав=Preslav Марица=Maritsa
        Дунав=Dunav Опълченска=Opalchenska Отец_Паисий=Otets_Paisiy Любен_Каравелов=Lyuben_Karavelov
        Стефан_Стамболов=Stefan_Stambolov Независимост=Nezavisimost Свобода=Svoboda Роза=Roza Тракия=Trakiya""",
    street_kinds="ул._{}=ul._{} бул._{}=bul._{}",
    numbered="{s} {n}",
    numbered_latin="{s} {n}",
    feminine="ов=ov>ова=ova ев=ev>ева=eva ски=ski>ска=ska",
    nicknames="""Георги:Гошо=Gosho,Жоро=Zhoro Иван:Ванко=Vanko Димитър:Митко=Mitko
        Николай:Ники=Niki,Кольо=Kolyo Петър:Пешо=Pesho Христо:Ицо=Itso Тодор:Тошо=Tosho
        Александър:Сашо=Sasho,Алекс=Aleks Йордан:Данчо=Dancho Стефан:Стефчо=Stefcho Атанас:Наско=Nasko
        Красимир:Краси=Krasi Владимир:Владо=Vlado Мария:Мими=Mimi Йорданка:Данче=Danche Маргарита:Маги=Magi
        Десислава:Деси=Desi Виктория:Вики=Viki Теодора:Теди=Tedi Габриела:Габи=Gabi Надежда:Надя=Nadya
        Росица:Роси=Rosi""",
)
