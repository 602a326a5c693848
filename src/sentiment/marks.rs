//! Marks of what is not the message: greetings, closings, signatures, the history mail programs add.
//!
//! In lower case unless a mail program writes them one way only. All languages together, since what surrounds a
//! message need not be in its language.

/// How a greeting begins.
pub(super) const GREETINGS: &[&str] = &[
    "hi", "hello", "hey", "dear", "greetings", "good morning", "good afternoon", "good evening", "good day",
    "hallo", "guten tag", "guten morgen", "guten abend", "moin", "sehr geehrte", "sehr geehrter", "liebe",
    "lieber", "bonjour", "bonsoir", "salut", "cher", "chère", "madame", "monsieur", "hola", "buenos días",
    "buenas tardes", "buenas noches", "buenas", "buen día", "estimado", "estimada", "estimados", "estimadas",
];

/// How the line begins that closes a message.
pub(super) const CLOSINGS: &[&str] = &[
    "kind regards", "best regards", "warm regards", "with regards", "regards", "best wishes", "all the best",
    "sincerely", "yours sincerely", "yours faithfully", "yours truly", "mit freundlichen grüßen",
    "mit freundlichem gruß", "freundliche grüße", "viele grüße", "beste grüße", "liebe grüße",
    "herzliche grüße", "schöne grüße", "mfg", "vg", "lg", "gruß", "grüße", "cordialement",
    "bien cordialement", "bien à vous", "salutations", "sincères salutations", "bonne journée",
    "bonne soirée", "je vous prie d'agréer", "dans l'attente de", "saludos", "un saludo", "un cordial saludo",
    "cordiales saludos", "atentamente", "reciba un", "敬具", "以上、", "祝好", "此致", "敬礼", "顺祝商祺",
];

/// Lines that are a closing only as a whole, before a name in the next line.
pub(super) const SIGNED: &[&str] =
    &["thanks,", "many thanks,", "thank you,", "danke,", "vielen dank,", "merci,", "gracias,"];

/// What is a closing before a name, in the same line or the next.
pub(super) const SIGNED_OFF: &[&str] = &["Best,", "Cheers,"];

/// Thanks that are a formula at the end of a request.
pub(super) const THANKS: &[&str] = &[
    "thanks", "thanks a lot", "thanks so much", "many thanks", "thank you", "thank you so much",
    "thank you very much", "thx", "cheers", "danke", "danke schön", "dankeschön", "danke euch", "vielen dank",
    "besten dank", "herzlichen dank", "merci", "merci beaucoup", "merci bien", "merci à vous", "gracias",
    "muchas gracias", "mil gracias", "ありがとうございます", "谢谢", "谢谢您", "謝謝", "多谢",
];

/// What makes a message without a question mark a request.
pub(super) const REQUESTS: &[&str] = &[
    "please", "could you", "can you", "bitte", "könnten sie", "können sie", "könnt ihr", "veuillez",
    "pouvez-vous", "pourriez-vous", "s'il vous", "por favor", "podrían", "podría", "pueden", "ください",
    "いただけ", "お願い", "请", "請",
];

/// How a line begins with which a mail program, or a signature, takes over.
pub(super) const ENDINGS: &[&str] = &[
    "________", "-----Original", "-----Ursprüngliche", "-----Message d'origine", "-----Mensaje original",
    "---------- Forwarded", "Begin forwarded message", "Sent from my ", "Get Outlook for ",
    "Von meinem iPhone", "Gesendet von ", "Envoyé de mon ", "Envoyé depuis ", "Enviado desde ",
    "iPhoneから送信", "发自我的", "From: ", "Von: ", "De: ", "De : ", "差出人:", "发件人", "寄件者",
];

/// How a line begins, what it holds and how it ends before the history of a thread.
pub(super) const AUTHORS: &[(&str, &str, &str)] = &[
    ("On ", "", "wrote:"),
    ("Am ", " schrieb ", ":"),
    ("Le ", "", "a écrit :"),
    ("Le ", "", "a écrit:"),
    ("El ", "", "escribió:"),
    ("", "", "写道："),
    ("", "", "のメール:"),
];

/// Quotation marks: what opens, and what may close.
pub(super) const QUOTATIONS: &[(char, &[char])] = &[
    ('"', &['"']),
    ('“', &['”', '"']),
    ('„', &['“', '”', '"']),
    ('«', &['»']),
    ('「', &['」']),
    ('『', &['』']),
    ('`', &['`']),
];
