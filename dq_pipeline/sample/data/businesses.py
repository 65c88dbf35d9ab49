"""Words that company names, jobs and user names are made of."""

STEMS = """Nord Alpha Vega Orion Delta Terra Aqua Luna Nova Sol Astra Boreal Cedar Cobalt Coral Crest Dorn Echo Ember
    Falcon Fern Fjord Flint Forge Gala Granit Harbor Helio Indigo Iris Ivory Jade Kestrel Kobold Lark Linden Lotus
    Lumen Lynx Magna Maple Marin Meridian Mistral Monte Nimbus Oakland Onyx Opal Orchid Osprey Pallas Pine Polar Prima
    Quartz Quinta Raven Regent Rhein Riva Robin Rubin Sable Saffron Sierra Silver Sirius Sonora Sparrow Stellar Summit
    Tempo Titan Topas Triton Tundra Urban Valor Velo Verde Vesta Viola Vista Volta Vulcan Willow Wolfram Zenith
    Zephyr"""

TAILS = "soft werk line point net tec port form plan mark gate way field bridge house cast"

SECTORS = """Logistics Consulting Engineering Software Trading Foods Textiles Media Energy Systems Partners Services
    Solutions Design Motors Pharma Medical Dental Legal Travel Events Printing Packaging Furniture Construction Roofing
    Plumbing Electric Chemicals Plastics Metals Optics Robotics Analytics Insurance Finance Properties Catering Bakery
    Brewery"""

MAILBOXES = "info office contact sales mail hello service admin"

JOBS = """Sales_Manager Accountant Engineer Software_Developer Project_Manager Teacher Nurse Physician Lawyer
    Marketing_Manager Managing_Director Office_Manager Consultant Electrician Architect Buyer Purchasing_Manager
    Head_of_IT Data_Analyst Designer Journalist Pharmacist Dentist Mechanic Carpenter Chef Sales_Representative
    Team_Lead Controller CEO CFO HR_Manager Logistics_Manager Quality_Manager Secretary Researcher Student Retired
    Self-employed Production_Manager Warehouse_Clerk Receptionist Photographer Translator Librarian Farmer
    Social_Worker Real_Estate_Agent Insurance_Broker Police_Officer"""

USERS = """Alice_Berger Tom_Okoye Maria_Lindqvist John_Castle Sofia_Rinaldi Peter_Novak Laura_Mendes Ahmed_Nasser
    Julie_Fontaine Mark_Visser Ingrid_Holm Daniel_Roth Carmen_Ortega Paul_Whitaker Nina_Petrova Kenji_Mori
    Olga_Zielinska Samuel_Grant Beatriz_Lopes Erik_Dahl Helen_Marsh Luca_Serra Anna_Keller David_Quinn"""

PRODUCTS = """Basic_plan Standard_plan Premium_plan Family_plan Extended_warranty Installation Maintenance_visit
    Spare_part Starter_kit Gift_card Training_day Upgrade Accessory_set Delivery Consumables Replacement_unit"""

SUBJECTS = """Invoice_question Delivery_date Change_of_address Complaint Product_information Password_reset Cancellation
    Contract_renewal Technical_fault Appointment Refund Newsletter Quote_request Thank_you Data_protection_request
    Feedback"""
