//! What people, places and departments are called.

/// A person who always exists: first name, last name, alias, department, office.
pub type KnownPerson = (&'static str, &'static str, &'static str, &'static str, &'static str);

/// People that always exist, so that examples and tests can name them.
pub const KNOWN_PEOPLE: &[KnownPerson] = &[
    ("Nora", "Fink", "nora.fink", "Cardiology", "Lindau"),
    ("Pia", "Sommer", "pia.sommer", "Radiology", "Lindau"),
    ("Omar", "Said", "omar.said", "Surgery", "Lindau"),
    ("Jens", "Opitz", "jens.opitz", "IT", "Wangen"),
    ("Helga", "Tamm", "helga.tamm", "Legal", "Lindau"),
    ("Uwe", "Lang", "uwe.lang", "Radiology", "Wangen"),
    ("Tina", "Bruhl", "tina.bruhl", "Nursing", "Wangen"),
    ("Max", "Ohm", "max.ohm", "Billing", "Lindau"),
];

/// Departments; the first third of the staff works in the first few.
pub const DEPARTMENTS: &[&str] = &[
    "Nursing",
    "Surgery",
    "Cardiology",
    "Radiology",
    "Anaesthesia",
    "Emergency",
    "Paediatrics",
    "Neurology",
    "Laboratory",
    "Pharmacy",
    "Physiotherapy",
    "Billing",
    "IT",
    "Legal",
    "Human Resources",
    "Facilities",
];

/// Titles of each department's staff: head first.
pub const TITLES: &[(&str, &[&str])] = &[
    ("Nursing", &["Director of Nursing", "Ward Manager", "Nurse", "Nurse", "Nursing Assistant"]),
    ("Billing", &["Head of Billing", "Accountant", "Billing Clerk", "Controller"]),
    ("IT", &["Head of IT", "System Administrator", "Support Engineer", "Application Manager"]),
    ("Legal", &["General Counsel", "Counsel", "Data Protection Officer", "Paralegal"]),
    ("Human Resources", &["Head of Human Resources", "Recruiter", "Payroll Clerk"]),
    ("Facilities", &["Head of Facilities", "Technician", "Porter", "Cook"]),
    ("Pharmacy", &["Chief Pharmacist", "Pharmacist", "Pharmacy Assistant"]),
    ("Laboratory", &["Head of Laboratory", "Biologist", "Laboratory Technician"]),
];

/// Titles of the departments that [`TITLES`] does not name.
pub const CLINICAL_TITLES: &[&str] =
    &["Chief Physician", "Senior Physician", "Physician", "Resident", "Medical Assistant", "Secretary"];

/// An office: name, street, postal code, telephone prefix.
pub type Office = (&'static str, &'static str, &'static str, &'static str);

/// Where people work.
pub const OFFICES: &[Office] = &[
    ("Lindau", "Am Seehafen 12", "88131", "+49 8382 100"),
    ("Wangen", "Klosterberg 3", "88239", "+49 7522 400"),
    ("Lindau; Haus B", "Am Seehafen 14", "88131", "+49 8382 102"),
    ("Bregenz", "Römerstraße 21", "6900", "+43 5574 600"),
    ("Friedrichshafen", "Hochstraße 8", "88045", "+49 7541 220"),
];

/// Shared mailboxes that always exist: alias and name.
pub const KNOWN_SHARED: &[(&str, &str)] =
    &[("lab", "Laboratory"), ("desk", "Front Desk"), ("billing", "Billing"), ("ward7", "Ward 7")];

/// Further shared mailboxes, numbered when there are more.
pub const SHARED: &[(&str, &str)] = &[
    ("admissions", "Admissions"),
    ("pharmacy", "Pharmacy Orders"),
    ("radiology", "Radiology Appointments"),
    ("jobs", "Applications"),
    ("complaints", "Complaints & Praise"),
    ("press", "Press Office"),
    ("kitchen", "Küche"),
    ("ward3", "Ward 3"),
    ("ward5", "Ward 5"),
    ("oncall", "On Call"),
    ("privacy", "Data Protection"),
    ("purchasing", "Purchasing"),
];

/// Equipment mailboxes: alias and name.
pub const EQUIPMENT: &[(&str, &str)] = &[
    ("car-1", "Dienstwagen 1"),
    ("car-2", "Dienstwagen 2"),
    ("ultrasound-mobile", "Mobile Ultrasound"),
    ("projector-1", "Projector 1"),
    ("ecg-cart", "ECG Cart"),
    ("van", "Transport Van"),
];

/// First names.
pub const FIRST: &[&str] = &[
    "Anna",
    "Jürgen",
    "Zoë",
    "Seán",
    "Björn",
    "Sophie",
    "Łukasz",
    "Mehmet",
    "Ayşe",
    "Giulia",
    "François",
    "Katharina",
    "Matthias",
    "Renée",
    "Søren",
    "Jörg",
    "Käthe",
    "Dariusz",
    "Fatima",
    "Ingrid",
    "Luis",
    "Márta",
    "Chloé",
    "Hannah",
    "Emil",
    "Leonie",
    "Friederike",
    "Günther",
    "Annegret",
    "Torben",
    "Yusuf",
    "Elif",
    "Nguyen",
    "Priya",
    "Rahul",
    "Oksana",
    "Dmytro",
    "Ivana",
    "Petra",
    "Stefan",
    "Markus",
    "Sabine",
    "Claudia",
    "Thomas",
    "Michael",
    "Andreas",
    "Christine",
    "Monika",
    "Peter",
    "Julia",
    "Lea",
    "Lukas",
    "Felix",
    "Paul",
    "Clara",
    "Marie",
    "Jonas",
    "Moritz",
    "Greta",
    "Ida",
    "Frieda",
    "Karl",
    "Otto",
    "Wilhelmina",
    "Agnes",
    "Beate",
    "Cornelia",
    "Dietmar",
    "Elke",
    "Frank",
    "Gerd",
    "Heike",
    "Ilse",
    "Jutta",
    "Kai",
    "Lothar",
    "Margit",
    "Norbert",
    "Olaf",
    "Paula",
    "Quirin",
    "Ralf",
    "Silke",
    "Tobias",
    "Ulrike",
    "Vera",
    "Walter",
    "Xaver",
    "Yvonne",
    "Zacharias",
    "Aoife",
    "Eoin",
    "Niamh",
    "Siobhán",
    "Kwame",
    "Amina",
    "Hiroshi",
    "Yuki",
    "Mei",
    "Tomáš",
];

/// Last names.
pub const LAST: &[&str] = &[
    "Müller",
    "Schmidt",
    "Schneider",
    "Fischer",
    "Weber",
    "Meyer",
    "Wagner",
    "Becker",
    "Schulz",
    "Hoffmann",
    "Schäfer",
    "Koch",
    "Bauer",
    "Richter",
    "Klein",
    "Wolf",
    "Schröder",
    "Neumann",
    "Schwarz",
    "Zimmermann",
    "Braun",
    "Krüger",
    "Hofmann",
    "Hartmann",
    "Lange",
    "Schmitt",
    "Werner",
    "Krause",
    "Meier",
    "Lehmann",
    "Köhler",
    "Maier",
    "Herrmann",
    "König",
    "Walter",
    "Kaiser",
    "Fuchs",
    "Peters",
    "Scholz",
    "Möller",
    "Weiß",
    "Jung",
    "Hahn",
    "Vogel",
    "Friedrich",
    "Keller",
    "Günther",
    "Frank",
    "Berger",
    "Winkler",
    "Roth",
    "Beck",
    "Lorenz",
    "Baumann",
    "Franke",
    "Albrecht",
    "Schuster",
    "Simon",
    "Ludwig",
    "Böhm",
    "Winter",
    "Kraus",
    "Martin",
    "Schumacher",
    "Krämer",
    "Vogt",
    "Jäger",
    "Stein",
    "Groß",
    "Brandt",
    "Haas",
    "Schreiber",
    "Graf",
    "Dietrich",
    "Kuhn",
    "Pohl",
    "Engel",
    "Horn",
    "Busch",
    "Bergmann",
    "Sauer",
    "Arnold",
    "Pfeiffer",
    "O'Brien",
    "O'Neill",
    "D'Angelo",
    "N'Diaye",
    "Yılmaz",
    "Kaya",
    "Öztürk",
    "Çelik",
    "Nowak",
    "Kowalczyk",
    "Wiśniewski",
    "Novák",
    "Horváth",
    "Nagy",
    "Rossi",
    "Ferrari",
    "García",
    "Fernández",
    "Silva",
    "Nguyen",
    "Tran",
    "Singh",
    "Patel",
    "Tanaka",
    "Sørensen",
    "Lindqvist",
    "Van den Berg",
    "De Vries",
    "Müller-Lüdenscheidt",
    "Freiherr von Auer",
    "Ivanova",
    "Shevchenko",
    "Petrović",
    "Marković",
    "Popescu",
    "Ødegård",
    "Al-Hassan",
    "Okafor",
    "Mensah",
    "Dubois",
    "Lefèvre",
    "Hübner",
];

/// Outside companies: name and domain.
pub const PARTNERS: &[(&str, &str)] = &[
    ("Partnerlabor Süd", "partnerlabor.example"),
    ("Gesundheitskasse", "kasse.example"),
    ("MedTech", "medtech.example"),
    ("Praxis Dr. Weiß", "praxis-weiss.example"),
    ("Apotheke am Markt", "apotheke-markt.example"),
    ("Stadtwerke", "stadtwerke.example"),
    ("Home", "privat.example"),
];

/// Text as it may stand in an alias: lower case, ASCII letters, digits, full stops and hyphens.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len() + 4);
    for c in text.chars() {
        match c {
            'a'..='z' | '0'..='9' | '.' | '-' => folded.push(c),
            'A'..='Z' => folded.push(c.to_ascii_lowercase()),
            ' ' => folded.push('-'),
            'ä' | 'Ä' | 'æ' => folded.push_str("ae"),
            'ö' | 'Ö' | 'ø' | 'Ø' => folded.push_str("oe"),
            'ü' | 'Ü' => folded.push_str("ue"),
            'ß' => folded.push_str("ss"),
            'å' => folded.push_str("aa"),
            'á' | 'à' | 'â' | 'ã' => folded.push('a'),
            'é' | 'è' | 'ê' | 'ë' => folded.push('e'),
            'í' | 'ì' | 'î' | 'ï' | 'ı' => folded.push('i'),
            'ó' | 'ò' | 'ô' => folded.push('o'),
            'ú' | 'ù' | 'û' => folded.push('u'),
            'ç' | 'Ç' | 'ć' | 'č' => folded.push('c'),
            'ł' | 'Ł' => folded.push('l'),
            'ń' | 'ñ' => folded.push('n'),
            'ś' | 'š' | 'ş' | 'Ş' => folded.push('s'),
            'ž' | 'ź' | 'ż' => folded.push('z'),
            // Apostrophes and whatever else cannot stand in an address.
            _ => {}
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_name_has_an_alias_of_its_own() {
        for table in [FIRST, LAST] {
            let folded: HashSet<String> = table.iter().map(|name| fold(name)).collect();
            assert_eq!(folded.len(), table.len());
        }
        assert_eq!(fold("Müller-Lüdenscheidt"), "mueller-luedenscheidt");
        assert_eq!(fold("O'Brien"), "obrien");
        assert_eq!(fold("Wiśniewski"), "wisniewski");
    }
}
