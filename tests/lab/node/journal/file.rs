//! A journal file as systemd-journald writes it (systemd.io/JOURNAL_FILE_FORMAT), whole and closed:
//! no compression, no sealing, hashes without a key. journalctl of every version reads it.

use std::collections::BTreeMap;

use super::hash::hash;

const HEADER: u64 = 240;
/// Of an object: its type, flags and size.
const HEAD: u64 = 16;
const DATA: u8 = 1;
const FIELD: u8 = 2;
const ENTRY: u8 = 3;
const DATA_TABLE: u8 = 4;
const FIELD_TABLE: u8 = 5;
const ENTRY_ARRAY: u8 = 6;
/// Buckets of the two hash tables.
const DATA_BUCKETS: u64 = 509;
const FIELD_BUCKETS: u64 = 61;

/// A message with its fields.
pub(super) struct Entry {
    /// Microseconds since 1970.
    pub(super) realtime: u64,
    /// Names and values.
    pub(super) fields: Vec<(&'static str, String)>,
}

/// The numbers that a file and its entries are marked with.
pub(super) struct Ids {
    pub(super) file: [u8; 16],
    pub(super) machine: [u8; 16],
    pub(super) boot: [u8; 16],
}

/// The file that holds these entries, which are in the order of their times.
pub(super) fn file(ids: &Ids, entries: &[Entry]) -> Vec<u8> {
    let mut file = File::new();
    let (mut all, mut of_data) = (Vec::new(), BTreeMap::<u64, Vec<u64>>::new());
    let first = entries.first().map_or(0, |entry| entry.realtime);
    for (number, entry) in (1_u64..).zip(entries) {
        let data: Vec<u64> = entry
            .fields
            .iter()
            .map(|(name, value)| file.data(name, value))
            .collect();
        // Time since the boot, which was a second before the first message.
        let monotonic = entry.realtime - first + 1_000_000;
        let at = file.entry(ids, number, entry.realtime, monotonic, data.clone());
        all.push(at);
        data.iter()
            .for_each(|data| of_data.entry(*data).or_default().push(at));
    }
    for (data, of) in of_data {
        let (first, rest) = of.split_first().unwrap_or((&0, &[]));
        file.put(data + 40, *first);
        if !rest.is_empty() {
            let array = file.array(rest);
            file.put(data + 48, array);
        }
        file.put(data + 56, number(of.len()));
    }
    let array = file.array(&all);
    file.close(ids, entries, array)
}

struct File {
    bytes: Vec<u8>,
    data: BTreeMap<String, u64>,
    fields: BTreeMap<&'static str, u64>,
    /// The last object of each bucket, by the bucket's place.
    chains: BTreeMap<u64, u64>,
    /// How many objects of each type there are, and where the last one is.
    objects: BTreeMap<u8, u64>,
    tail: u64,
    data_table: u64,
    field_table: u64,
}

impl File {
    fn new() -> Self {
        let mut file = Self {
            bytes: vec![0; 240],
            data: BTreeMap::new(),
            fields: BTreeMap::new(),
            chains: BTreeMap::new(),
            objects: BTreeMap::new(),
            tail: 0,
            data_table: 0,
            field_table: 0,
        };
        file.data_table = file.object(DATA_TABLE, &zeros(DATA_BUCKETS * 2));
        file.field_table = file.object(FIELD_TABLE, &zeros(FIELD_BUCKETS * 2));
        file
    }

    /// Adds an object, at a multiple of eight.
    fn object(&mut self, kind: u8, body: &[u8]) -> u64 {
        let at = number(self.bytes.len());
        self.bytes.extend([kind, 0, 0, 0, 0, 0, 0, 0]);
        self.bytes.extend((HEAD + number(body.len())).to_le_bytes());
        self.bytes.extend(body);
        self.bytes.resize(self.bytes.len().next_multiple_of(8), 0);
        *self.objects.entry(kind).or_default() += 1;
        self.tail = at;
        at
    }

    fn put(&mut self, at: u64, value: u64) {
        self.put_bytes(at, &value.to_le_bytes());
    }

    fn put_bytes(&mut self, at: u64, value: &[u8]) {
        let from = usize::try_from(at).unwrap_or(usize::MAX);
        let slots = self.bytes.iter_mut().skip(from);
        slots.zip(value).for_each(|(slot, byte)| *slot = *byte);
    }

    fn get(&self, at: u64) -> u64 {
        let from = usize::try_from(at).unwrap_or(usize::MAX);
        let bytes = self.bytes.get(from..).and_then(<[u8]>::first_chunk);
        bytes.map_or(0, |bytes| u64::from_le_bytes(*bytes))
    }

    /// The data object `name=value`, one for all entries that have it.
    fn data(&mut self, name: &'static str, value: &str) -> u64 {
        let payload = format!("{name}={value}");
        if let Some(known) = self.data.get(&payload) {
            return *known;
        }
        let field = self.field(name);
        let hash = hash(payload.as_bytes());
        let body = [&hash.to_le_bytes(), &zeros(5)[..], payload.as_bytes()].concat();
        let at = self.object(DATA, &body);
        self.chain(self.data_table, hash % DATA_BUCKETS, at);
        // The data of a field are a list, the newest first.
        self.put(at + 32, self.get(field + 32));
        self.put(field + 32, at);
        self.data.insert(payload, at);
        at
    }

    fn field(&mut self, name: &'static str) -> u64 {
        if let Some(known) = self.fields.get(name) {
            return *known;
        }
        let hash = hash(name.as_bytes());
        let body = [&hash.to_le_bytes(), &zeros(2)[..], name.as_bytes()].concat();
        let at = self.object(FIELD, &body);
        self.chain(self.field_table, hash % FIELD_BUCKETS, at);
        self.fields.insert(name, at);
        at
    }

    /// Puts an object at the end of its bucket. In both types the next one is named at 24.
    fn chain(&mut self, table: u64, bucket: u64, at: u64) {
        let slot = table + HEAD + bucket * 16;
        match self.chains.insert(slot, at) {
            Some(before) => self.put(before + 24, at),
            None => self.put(slot, at),
        }
        self.put(slot + 8, at);
    }

    fn entry(
        &mut self,
        ids: &Ids,
        number: u64,
        realtime: u64,
        monotonic: u64,
        mut data: Vec<u64>,
    ) -> u64 {
        data.sort_unstable();
        let hashes: Vec<u64> = data.iter().map(|data| self.get(data + 16)).collect();
        let all = hashes.iter().fold(0, |all, hash| all ^ hash);
        let mut body = words(&[number, realtime, monotonic]);
        body.extend(ids.boot);
        body.extend(all.to_le_bytes());
        for (data, hash) in data.iter().zip(&hashes) {
            body.extend(words(&[*data, *hash]));
        }
        self.object(ENTRY, &body)
    }

    fn array(&mut self, entries: &[u64]) -> u64 {
        self.object(ENTRY_ARRAY, &[zeros(1), words(entries)].concat())
    }

    fn close(mut self, ids: &Ids, entries: &[Entry], array: u64) -> Vec<u8> {
        let count = |kind: u8| self.objects.get(&kind).copied().unwrap_or_default();
        let [data, fields, arrays] = [DATA, FIELD, ENTRY_ARRAY].map(count);
        let time = |entry: Option<&Entry>| entry.map_or(0, |entry| entry.realtime);
        let (first, last) = (time(entries.first()), time(entries.last()));
        let numbers = [
            HEADER,
            number(self.bytes.len()) - HEADER,
            self.data_table + HEAD,
            DATA_BUCKETS * 16,
            self.field_table + HEAD,
            FIELD_BUCKETS * 16,
            self.tail,
            self.objects.values().sum(),
            number(entries.len()),
            number(entries.len()),
            1,
            array,
            first,
            last,
            last - first + 1_000_000,
            data,
            fields,
            0,
            arrays,
        ];
        self.put_bytes(0, b"LPKSHHRH");
        let all = [ids.file, ids.machine, ids.boot, ids.file].concat();
        self.put_bytes(24, &all);
        self.put_bytes(88, &words(&numbers));
        self.bytes
    }
}

fn zeros(count: u64) -> Vec<u8> {
    (0..count).flat_map(|_| [0; 8]).collect()
}

fn words(numbers: &[u64]) -> Vec<u8> {
    numbers
        .iter()
        .flat_map(|number| number.to_le_bytes())
        .collect()
}

fn number(size: usize) -> u64 {
    u64::try_from(size).unwrap_or(u64::MAX)
}
