"""Arabic as in Egypt: a family name often stands behind the father's name."""

from dq_pipeline.sample.language import Language

LANGUAGE = Language(
    code="ar",
    male="""محمد=Mohamed أحمد=Ahmed محمود=Mahmoud مصطفى=Mostafa علي=Ali إبراهيم=Ibrahim حسن=Hassan
        حسين=Hussein عمر=Omar خالد=Khaled يوسف=Youssef كريم=Karim طارق=Tarek عمرو=Amr هشام=Hisham شريف=Sherif
        وائل=Wael أيمن=Ayman سامح=Sameh تامر=Tamer عبد_الرحمن=Abdelrahman عبد_الله=Abdallah إسلام=Eslam
        جمال=Gamal سعيد=Said""",
    female="""فاطمة=Fatma مريم=Mariam سارة=Sara نور=Nour هبة=Heba منى=Mona إيمان=Eman دينا=Dina رانيا=Rania
        هدى=Hoda أميرة=Amira ياسمين=Yasmine سلمى=Salma نهى=Noha شيماء=Shaimaa آية=Aya عائشة=Aisha زينب=Zeinab
        أسماء=Asmaa داليا=Dalia حنان=Hanan سمر=Samar ليلى=Laila رحاب=Rehab""",
    surnames="""حسن=Hassan علي=Ali محمد=Mohamed إبراهيم=Ibrahim السيد=El-Sayed عبد_الله=Abdallah مصطفى=Mostafa
        سليمان=Soliman صالح=Saleh خليل=Khalil المصري=El-Masry الشريف=El-Sherif حسين=Hussein عثمان=Osman
        فؤاد=Fouad منصور=Mansour يوسف=Youssef رمضان=Ramadan شاهين=Shahin النجار=El-Naggar الحداد=El-Haddad
        البنا=El-Banna الشافعي=El-Shafei عبد_العزيز=Abdelaziz جاد=Gad سالم=Salem غنيم=Ghoneim بدوي=Badawi
        زكي=Zaki فرج=Farag عوض=Awad نصر=Nasr الطويل=El-Tawil شوقي=Shawky حجازي=Hegazy القاضي=El-Kady رزق=Rizk
        مرسي=Morsi عزت=Ezzat بكر=Bakr كامل=Kamel""",
    stems="أبو_=Abou_ عبد_ال=Abdel ال=El-",
    endings="""نور=nour سعد=saad فتوح=fotouh خير=kheir مجد=magd عزم=azm وفا=wafa فضل=fadl ناصر=nasser
        حميد=hamid رازق=razek كريم=karim جواد=gawad غفار=ghaffar سميع=samie حكيم=hakim منعم=moneim هادي=hady
        لطيف=latif قادر=kader""",
    streets="""التحرير=Tahrir رمسيس=Ramses النيل=El-Nil الجمهورية=El-Gomhoureya طلعت_حرب=Talaat_Harb
        قصر_النيل=Kasr_El-Nil الهرم=El-Haram السودان=El-Sudan جامعة_الدول=Gameat_El-Dowal
        صلاح_سالم=Salah_Salem الثورة=El-Thawra فيصل=Faisal البحر=El-Bahr سعد_زغلول=Saad_Zaghloul فؤاد=Fouad
        الحرية=El-Horreya مصدق=Mosaddak أحمد_عرابي=Ahmed_Orabi الملك_فهد=King_Fahd النصر=El-Nasr""",
    street_kinds="شارع_{}={}_Street ميدان_{}={}_Square",
    numbered="{n} {s}",
    numbered_latin="{n} {s}",
    keeps_name=1.0,
    double_share=0.6,
    joiner=" ",
)
