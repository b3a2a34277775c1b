"""Checks an exported trail without Gatehouse: Python 3.8 and openssl are enough.

    python3 check.py trail.jsonl 'NAME+HASH+KEY'      (or the file that holds this line)

Prints whether each record is as the signed checkpoint of the file covers it, and what that checkpoint says. Have the key
from elsewhere than the file. Sources: RFC 9162 (tree), c2sp.org/signed-note and c2sp.org/tlog-checkpoint (checkpoint).
"""
import base64
import hashlib
import json
import os
import subprocess
import sys
import tempfile


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def refuse(why):
    print("unchanged: no: " + why)
    sys.exit(1)


def is_signed(text, note_signature, key):
    """Ed25519 by openssl, which wants the key as DER."""
    with tempfile.TemporaryDirectory() as folder:
        contents = {"key": bytes.fromhex("302a300506032b6570032100") + key, "text": text, "signature": note_signature}
        paths = {name: os.path.join(folder, name) for name in contents}
        for name, content in contents.items():
            with open(paths[name], "wb") as file:
                file.write(content)
        command = ["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", paths["key"]]
        command += ["-rawin", "-in", paths["text"], "-sigfile", paths["signature"]]
        return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0


def key_in(given):
    if os.path.isfile(given):
        with open(given, encoding="utf-8") as file:
            given = file.read().strip()
    if given.count("+") < 2:
        sys.exit("the key is a line NAME+HASH+KEY, or a file that holds it")
    return given


def signed_checkpoint(note, vkey):
    name, mark, encoded = vkey.split("+", 2)
    key = base64.b64decode(encoded)
    if sha256(name.encode() + b"\n" + key)[:4].hex() != mark:
        sys.exit("the key is not whole: a character is missing or changed")
    text, _, signatures = note.rpartition("\n\n")
    text += "\n"
    for line in signatures.splitlines():
        signature = base64.b64decode(line.split(" ")[-1])
        if line.startswith("— " + name + " ") and signature[:4].hex() == mark:
            if is_signed(text.encode(), signature[4:], key[1:]):
                origin, size, root = text.splitlines()
                if origin == name:
                    return int(size), base64.b64decode(root)
    refuse("the checkpoint in the file is not signed with this key")


def root_by(leaf, index, size, proof):
    """RFC 9162, 2.1.3.2."""
    if index >= size:
        return None
    fn, sn, root = index, size - 1, leaf
    for beside in proof:
        if sn == 0:
            return None
        if fn % 2 == 1 or fn == sn:
            root = sha256(b"\x01", beside, root)
            while fn % 2 == 0 and fn != 0:
                fn, sn = fn // 2, sn // 2
        else:
            root = sha256(b"\x01", root, beside)
        fn, sn = fn // 2, sn // 2
    return root if sn == 0 else None


def is_as_written(line, size, root):
    stored = line["record"].encode()
    record = json.loads(stored)
    proof = [base64.b64decode(beside) for beside in line["proof"]]
    if root_by(sha256(b"\x00", stored), record["seq"], size, proof) != root:
        return False
    if line["personal"] is None:
        return True
    salt = base64.b64decode(line["salt"])
    kept = sha256(salt, line["personal"].encode())
    return len(salt) == 16 and record.get("personal") == base64.b64encode(kept).decode()


def main(path, vkey):
    with open(path, encoding="utf-8", newline="\n") as file:
        head = json.loads(next(file))
        size, root = signed_checkpoint(head["checkpoint"], key_in(vkey))
        before, records = -1, 0
        for number, text in enumerate(file, start=2):
            try:
                line = json.loads(text)
                is_right = is_as_written(line, size, root)
            except (ValueError, KeyError, TypeError):
                is_right = False
            if not is_right:
                refuse("the record in line %d is not as it was written" % number)
            seq = json.loads(line["record"])["seq"]
            if seq <= before:
                refuse("the record in line %d is not in its place" % number)
            before, records = seq, records + 1
    print("unchanged: yes: %d records" % records)
    print("checkpoint: %d records, root %s" % (size, base64.b64encode(root).decode()))


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
