# Verifies a consent receipt as somebody would who does not trust us: with openssl and the standard library alone.
# Usage: verify-receipt.py RECEIPT PROOF ORIGIN PUBLIC_KEY_X   (two files, the log's name, the key's `x` in base64url)
import base64, hashlib, subprocess, sys, tempfile

def b64u(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))

def openssl_verifies(key, message, signature):
    # An Ed25519 public key in DER is this prefix and the 32 bytes (RFC 8410).
    files = []
    for data in (bytes.fromhex("302a300506032b6570032100") + key, message, signature):
        file = tempfile.NamedTemporaryFile()
        file.write(data)
        file.flush()
        files.append(file)
    command = ["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-rawin"]
    names = ["-inkey", files[0].name, "-in", files[1].name, "-sigfile", files[2].name]
    return subprocess.run(command + names, capture_output=True).returncode == 0

def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()

receipt = open(sys.argv[1]).read()
proof, note = open(sys.argv[2]).read().split("\n\n", 1)
origin, key = sys.argv[3], b64u(sys.argv[4])

# 1. The receipt is signed.
header, payload, signature = receipt.split(".")
assert openssl_verifies(key, f"{header}.{payload}".encode(), b64u(signature)), "receipt"

# 2. The checkpoint is signed.
body, signatures = note.split("\n\n")
body += "\n"
_, name, signed = signatures.splitlines()[0].split(" ")
assert name == origin == body.splitlines()[0], "origin"
assert openssl_verifies(key, body.encode(), base64.b64decode(signed)[4:]), "checkpoint"
size, root = int(body.splitlines()[1]), base64.b64decode(body.splitlines()[2])

# 3. The receipt is in the log of that checkpoint (RFC 9162 section 2.1.3.2).
lines = proof.splitlines()
index = int(lines[1].split(" ")[1])
node, last, value = index, size - 1, sha256(b"\x00", b64u(payload))
assert index < size, "index"
for hash in map(base64.b64decode, lines[2:]):
    assert last > 0, "too long"
    if node % 2 == 1 or node == last:
        value = sha256(b"\x01", hash, value)
        while node % 2 == 0 and node != 0:
            node, last = node // 2, last // 2
    else:
        value = sha256(b"\x01", value, hash)
    node, last = node // 2, last // 2
assert last == 0 and value == root, "inclusion"
print(f"valid: entry {index} of {size}")
