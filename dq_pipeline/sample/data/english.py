"""English."""

from dq_pipeline.sample.language import Language

LANGUAGE = Language(
    code="en",
    male="""James John Robert Michael William David Richard Joseph Thomas Charles Christopher Daniel Matthew
        Anthony Mark Donald Steven Paul Andrew Joshua Kenneth Kevin Brian George Edward Ronald Timothy Jason
        Jeffrey Ryan Jacob Gary Nicholas Eric Jonathan Stephen Larry Justin Scott Brandon Benjamin Samuel
        Gregory Alexander Frank Patrick Raymond Jack Dennis Jerry Tyler Aaron Nathan Henry Douglas Zachary
        Peter Adam Harold Oliver Harry Alfred Arthur Leonard Gerald Callum Declan Rory Angus Hamish Rhys
        Gareth Owen Dylan Theodore Walter Frederick Albert Ernest Desmond Winston Tyrone Jamal Malcolm Isaac
        Silas Ezra Barnaby""",
    female="""Mary Patricia Jennifer Linda Elizabeth Barbara Susan Jessica Sarah Karen Margaret Nancy Lisa
        Betty Dorothy Sandra Ashley Kimberly Emily Donna Michelle Carol Amanda Melissa Deborah Stephanie
        Rebecca Laura Sharon Cynthia Kathleen Amy Angela Shirley Anna Brenda Pamela Nicole Ruth Katherine
        Samantha Christine Emma Catherine Virginia Rachel Janet Maria Heather Diane Julie Joyce Victoria
        Olivia Kelly Christina Joan Evelyn Judith Charlotte Grace Abigail Hannah Sophie Chloe Isla Fiona
        Eilidh Siobhan Niamh Aoife Bronwen Megan Harriet Beatrice Florence Edith Winifred Philippa Imogen
        Rosalind Keisha Latoya Priscilla""",
    surnames="""Smith Jones Williams Johnson Brown Taylor Davies Wilson Evans Thomas Miller Roberts Davis
        Walker Wright Robinson Thompson White Hughes Edwards Green Hall Wood Harris Lewis Martin Jackson
        Clarke Clark Turner Hill Cooper Morris Ward Moore Anderson King Watson Harrison Baker Morgan Patel
        Allen Young James Scott Phillips Murphy O'Brien Kelly Sullivan Walsh O'Connor Byrne Ryan Mitchell
        Campbell Stewart McDonald MacKenzie Murray Fraser Reid Ross Bell Kennedy Nguyen Rodriguez Garcia
        Martinez Khan Singh Ahmed Hussain Begum Kaur Shah Ali Chen Lee Kim Cohen Levy Okafor Adeyemi Mensah
        Fitzgerald Gallagher Doherty Quinn Featherstonehaugh Cholmondeley Marjoribanks Urquhart Beauchamp""",
    stems="""Ash Black Brad Bram Brent Broad Brook Burn Cald Carl Char Ched Clay Cliff Cole Cran Crow Dal Dan
        Dray Dun East Eaves El Fair Farn Fern Foss Gar Glen Gold Gos Grant Green Hal Ham Hart Hather Haw Hazel
        Heath Hol Hor Hunt Ken Kings Kirk Lang Law Leigh Lin Lock Long Mar Mead Mid Mil Mor Nes New Nor Nut
        Oak Ot Pem Pen Pres Rad Raw Red Rock Ros Row Sel Shaw Sher Shel Stan Stock Strat Sud Sutt Swan Tat
        Thorn Till Trow Under Wake Wal War Wel West Whit Wick Win Wood Wor Wyn Yar""",
    endings="""ton ford ley worth field wood by ham stead well land more wick bourne bridge combe croft dale
        den don hurst man ridge rell shaw son stone thorpe water way wright cott gate holme lock mere""",
    streets="""High Station Church Main Park Victoria Green Manor Kings Queens New Grange North South West
        East School Mill York Albert Alexandra Windsor Chester Oak Maple Elm Cedar Pine Washington Lincoln
        Jefferson Highland Lake Hill Meadow Sunset Orchard River Spring Walnut Chestnut Cherry Willow Beech
        Holly Castle Cathedral Abbey Priory Tower Bridge Market Nelson Wellington Trafalgar Waterloo Cromwell
        Stanley""",
    street_kinds="{}_Street {}_Road {}_Avenue {}_Lane {}_Drive {}_Close {}_Court {}_Place {}_Way",
    keeps_name=0.15,
    nicknames="""James:Jim,Jimmy,Jamie John:Jack,Johnny Robert:Bob,Rob,Bobby Michael:Mike,Mick
        William:Bill,Will,Billy David:Dave Richard:Rick,Dick,Rich Joseph:Joe Thomas:Tom,Tommy
        Charles:Charlie,Chuck Christopher:Chris Daniel:Dan,Danny Matthew:Matt Anthony:Tony Donald:Don
        Steven:Steve Andrew:Andy,Drew Joshua:Josh Kenneth:Ken Edward:Ed,Ted,Eddie Ronald:Ron Timothy:Tim
        Jeffrey:Jeff Jacob:Jake Nicholas:Nick Jonathan:Jon Stephen:Steve Larry:Laurence Benjamin:Ben
        Samuel:Sam Gregory:Greg Alexander:Alex,Sandy Frank:Frankie Patrick:Pat,Paddy Raymond:Ray Gerald:Gerry
        Nathan:Nate Henry:Harry,Hank Douglas:Doug Zachary:Zach Peter:Pete Oliver:Ollie Alfred:Alf,Fred
        Arthur:Art Leonard:Len Theodore:Ted,Theo Walter:Walt Frederick:Fred,Freddie Albert:Bert
        Mary:Molly,Polly Patricia:Pat,Trish,Patty Jennifer:Jen,Jenny Elizabeth:Liz,Beth,Betty,Lizzie
        Barbara:Barb Susan:Sue,Susie Jessica:Jess Margaret:Peggy,Maggie,Meg Dorothy:Dot,Dolly Sandra:Sandy
        Kimberly:Kim Amanda:Mandy Deborah:Deb,Debbie Stephanie:Steph Rebecca:Becky,Becca Katherine:Kate,Kathy
        Samantha:Sam Christine:Chris,Chrissie Catherine:Cathy,Kate Victoria:Vicky,Tori Pamela:Pam Abigail:Abby
        Judith:Judy Philippa:Pippa Virginia:Ginny Cynthia:Cindy Kathleen:Kathy Harriet:Hattie Florence:Flo
        Winifred:Winnie""",
    abbreviations="Street>St Road>Rd Avenue>Ave Lane>Ln Drive>Dr Court>Ct Place>Pl",
)
