/// What Plunk's keys look like, as far as it helps to recognise one that stands where none should: `sk_` or `pk_` in any
/// letter case, and enough characters of a key behind it.
enum KeyShape {
    /// How many where the prefix begins a word: `sk_SK`, the Slovak locale, is no key.
    static let leastAtWordStart = 6
    /// How many behind a letter or digit, where the prefix may end a word as in `task_`, or stand in a random text: as many
    /// as follow in the shortest of Plunk's keys (older projects: 48 hexadecimal digits, newer ones: 64).
    static let leastInsideWord = 48
    /// Behind so many characters of a key `-` and `_` part no words: they stand in a random text, as a session's cookie in
    /// base64url is one. In a thousand of its characters `sk_` stands once in seventy, in any letter case.
    static let randomText = 16
}

extension UInt8 {
    /// A letter or digit: before it no key begins.
    var isWordCharacter: Bool { isASCIIDigit || isASCIILetter }

    /// What keys are made of behind their prefix: letters, digits, `_` and `-`.
    var isKeyCharacter: Bool { isIn(0x03FF_2000_0000_0000, 0x07FF_FFFE_87FF_FFFE) }
}
