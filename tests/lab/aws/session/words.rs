//! A command taken apart as the agent does it: `shlex.Split` of google/shlex, and no shell.

/// The words; `None`: a quote or an escape does not end.
pub(super) fn split(text: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters
        .next_if(|letter| letter.is_whitespace())
        .or(letters.peek().copied())
    {
        if letter.is_whitespace() {
            continue;
        }
        if letter == '#' {
            while letters.next_if(|letter| *letter != '\n').is_some() {}
            continue;
        }
        let mut word = String::new();
        while let Some(letter) = letters.next_if(|letter| !letter.is_whitespace()) {
            match letter {
                '\'' => loop {
                    match letters.next()? {
                        '\'' => break,
                        letter => word.push(letter),
                    }
                },
                '"' => loop {
                    match letters.next()? {
                        '"' => break,
                        '\\' => word.push(letters.next()?),
                        letter => word.push(letter),
                    }
                },
                '\\' => word.push(letters.next()?),
                letter => word.push(letter),
            }
        }
        words.push(word);
    }
    Some(words)
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn words_are_split_as_the_agent_does() {
        let words = |text: &str| split(text).unwrap();
        assert_eq!(
            words("  echo  a\\ b 'c \"d\\' \"e 'f\\\" g\"h # no"),
            ["echo", "a b", "c \"d\\", "e 'f\" gh"]
        );
        assert_eq!(
            words("sh -c 'x=$(printf %s YQ==) && exec sh'"),
            ["sh", "-c", "x=$(printf %s YQ==) && exec sh"]
        );
        assert_eq!(words(""), Vec::<String>::new());
        assert_eq!(words("a ''"), ["a", ""]);
        assert_eq!(split("echo 'a"), None);
        assert_eq!(split("echo \\"), None);
    }
}
