#!/usr/bin/env python3
"""A registry that lies: hostile-registry.py PORT OTHER LOG. What it does wrong is the name of the repository, /v2/NAME/...; OTHER is
HOST:PORT where it sends people to. Every request is a line in LOG: path, and the headers that matter."""
import gzip, hashlib, http.server, io, json, socket, sys, tarfile, threading, time

port, other, log_path = int(sys.argv[1]), sys.argv[2], sys.argv[3]
OCI = 'application/vnd.oci.image.manifest.v1+json'
DOCKER = 'application/vnd.docker.distribution.manifest.v2+json'
INDEX = 'application/vnd.oci.image.index.v1+json'
LAYER = 'application/vnd.oci.image.layer.v1.tar+gzip'
counts, lock = {}, threading.Lock()


def sha(data): return 'sha256:' + hashlib.sha256(data).hexdigest()


def descriptor(kind, data, **more): return {'mediaType': kind, 'digest': sha(data), 'size': len(data), **more}


def layer(name, content):
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode='w') as tar:
        member = tarfile.TarInfo(name)
        member.size = len(content)
        tar.addfile(member, io.BytesIO(content))
    return plain.getvalue(), gzip.compress(plain.getvalue(), 1, mtime=0)


# random enough that it stays long when compressed
noise = b''.join(hashlib.sha256(b'%d' % i).digest() for i in range(40000))
plain_layer, packed_layer = layer('noise', noise)
config = json.dumps({'architecture': 'amd64', 'os': 'linux', 'config': {'Cmd': ['/x']},
                     'rootfs': {'type': 'layers', 'diff_ids': [sha(plain_layer)]}}).encode()
windows = config.replace(b'"linux"', b'"windows"')
other_diff = config.replace(sha(plain_layer).encode(), sha(b'x').encode())


def manifest(repo):
    """The manifest's bytes and the Content-Type it is sent with."""
    conf, kind, header = config, OCI, OCI
    layers = [descriptor(LAYER, packed_layer)]
    more = {}
    if repo == 'diffid': conf = other_diff
    if repo == 'windows': conf = windows
    if repo == 'typelie': kind = DOCKER
    if repo == 'html': header = 'text/html'
    if repo == 'both': more = {'manifests': []}
    if repo == 'foreign': layers = [descriptor('application/vnd.oci.image.layer.nondistributable.v1.tar+gzip', packed_layer, urls=['http://%s/foreign' % other])]
    if repo == 'urls': layers = [descriptor(LAYER, packed_layer, urls=['http://%s/urls' % other])]
    if repo == 'path': layers = [dict(layers[0], digest='sha256:../../../../../../etc/passwd')]
    if repo == 'nosize': del layers[0]['size']
    if repo == 'negative': layers[0]['size'] = -1
    if repo == 'smaller': layers[0]['size'] -= 1
    if repo == 'larger': layers[0]['size'] += 1
    if repo == 'terabytes': layers[0]['size'] = 1 << 50
    conf_descriptor = descriptor('application/vnd.oci.image.config.v1+json', conf)
    if repo == 'artifact': conf_descriptor['mediaType'] = 'application/vnd.cncf.helm.config.v1+json'
    body = {'schemaVersion': 2, 'mediaType': kind, 'config': conf_descriptor, 'layers': layers, **more}
    if repo == 'schema1': body, header = {'schemaVersion': 1, 'name': 'x', 'fsLayers': []}, 'application/vnd.docker.distribution.manifest.v1+prettyjws'
    data = json.dumps(body).encode()
    if repo == 'deep': data, header = b'[' * 100000, OCI
    return data, header


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def handle(self):
        # somebody who begins with TLS is told that this is none
        if self.connection.recv(1, socket.MSG_PEEK) == b'\x16': return
        super().handle()

    def log_message(self, *_): pass

    def note(self):
        with lock, open(log_path, 'a') as log:
            log.write('%s %s range=%s authorization=%s cookie=%s\n' % (self.command, self.path, self.headers.get('Range', '-'),
                                                                      self.headers.get('Authorization', '-'), self.headers.get('Cookie', '-')))

    def count(self, what):
        with lock:
            counts[what] = counts.get(what, 0) + 1
            return counts[what]

    def answer(self, status, body=b'', length=None, **headers):
        self.send_response(status)
        for name, value in headers.items(): self.send_header(name.replace('_', '-'), value)
        self.send_header('Content-Length', str(len(body) if length is None else length))
        self.end_headers()
        if self.command != 'HEAD': self.wfile.write(body)

    def endless(self, kind):
        self.send_response(200)
        self.send_header('Content-Type', kind)
        self.send_header('Transfer-Encoding', 'chunked')
        self.end_headers()
        piece = b' ' * 65536
        while True: self.wfile.write(b'%x\r\n%s\r\n' % (len(piece), piece))

    def drop(self):
        self.wfile.flush()
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def do_HEAD(self):
        self.note()
        self.answer(404)

    def do_POST(self):
        self.note()
        repo = self.path.split('/')[2]
        if repo.startswith('auth-') and self.headers.get('Authorization') != 'Basic bWU6c2VjcmV0': return self.answer(401, WWW_Authenticate='Basic realm="here"')
        away = 'http://%s/v2/sink/upload' % other
        self.answer(202, Location={'auth-pushaway': away, 'pushfile': 'file:///etc/passwd'}.get(repo, self.path + '0?state=1'))

    def do_PUT(self):
        self.note()
        length = int(self.headers['Content-Length'])
        if self.path.startswith('/v2/pushlost/') and self.count('pushlost') <= 2:
            self.rfile.read(length // 2)
            return self.drop()
        data = self.rfile.read(length)
        if 'digest=' in self.path and sha(data) != self.path.split('digest=')[1].replace('%3A', ':'): return self.answer(400)
        self.answer(201)

    def do_GET(self):
        self.note()
        try:
            self.serve()
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def serve(self):
        if self.path == '/v2/': return self.answer(200, b'{}')
        if not self.path.startswith('/v2/'): return self.answer(404)
        parts = self.path.split('/')  # /v2/REPO/image/KIND/WHAT
        repo, kind, what = parts[2], parts[-2], parts[-1]
        if repo.startswith('auth-') and self.headers.get('Authorization') != 'Basic bWU6c2VjcmV0':  # me:secret
            return self.answer(401, b'{}', WWW_Authenticate='Basic realm="here"')
        if repo == 'realm': return self.answer(401, b'{}', WWW_Authenticate='Bearer realm="http://%s/token",service="s"' % other)
        if repo == 'token': return self.answer(401, b'{}', WWW_Authenticate='Bearer realm="http://127.0.0.1:%d/v2/give/token/x",service="s"' % port)
        if repo == 'give': return self.answer(200, b'{"token":"a\\r\\nX-Evil: 1"}')
        if kind == 'manifests': return self.serve_manifest(repo, what)
        for data in (config, windows, other_diff):
            if what == sha(data): return self.answer(200, data)
        return self.serve_layer(repo)

    def serve_manifest(self, repo, what):
        data, header = manifest(repo)
        if repo == 'busy' and self.count('busy') <= 2: return self.answer(429, b'{}', Retry_After='0')
        if repo == 'broken' and self.count('broken') <= 1: return self.answer(503, b'{}', Retry_After='0')
        if repo == 'alwaysbusy': return self.answer(429, b'{"errors":[{"code":"TOOMANYREQUESTS","message":"no\\u001b[31m more"}]}', Retry_After='0')
        if repo == 'lost' and self.count('lost') <= 1: return self.drop()
        if repo == 'endlessmanifest': return self.endless(OCI)
        if repo == 'hugemanifest': return self.answer(200, b'', 1 << 40, Content_Type=OCI)
        if repo == 'header': return self.answer(200, data, Content_Type=header, Docker_Content_Digest=sha(b'x'))
        if repo == 'loop':
            # an index of an index of an index: each other than asked for cannot be, so deep enough
            inner = what if what.startswith('sha256') else sha(b'')
            return self.answer(200, json.dumps({'schemaVersion': 2, 'mediaType': INDEX, 'manifests': [{'mediaType': INDEX, 'digest': inner, 'size': 1,
                                'platform': {'os': 'linux', 'architecture': 'amd64'}}]}).encode(), Content_Type=INDEX)
        if repo == 'bydigest' and what.startswith('sha256'): data = data + b' '
        self.answer(200, data, Content_Type=header)

    def serve_layer(self, repo):
        data, start = packed_layer, 0
        asked = self.headers.get('Range', '')
        if asked.startswith('bytes='): start = int(asked[6:].split('-')[0])
        if repo == 'digest': data = data[:-1] + bytes([data[-1] ^ 1])
        if repo == 'endless': return self.endless('application/octet-stream')
        if repo == 'missing': return self.answer(404, b'{"errors":[{"code":"BLOB_UNKNOWN","message":"gone"}]}')
        if repo in ('resume', 'norange', 'badrange') and self.count(repo) == 1:
            self.answer(200, data[:len(data) // 2], len(data))
            return self.drop()
        if repo == 'poison':
            # half of it and wrong, and then nothing more
            if not start: self.answer(200, bytes(len(data) // 2), len(data))
            return self.drop()
        if repo == 'slow':
            self.answer(206 if start else 200, data[start:start + 300000], len(data) - start, Content_Range='bytes %d-%d/%d' % (start, len(data) - 1, len(data)))
            if start: return self.wfile.write(data[start + 300000:])
            self.wfile.flush()
            time.sleep(20)
            return self.drop()
        if repo == 'auth-redirect': return self.answer(307, b'', Location='http://%s/v2/store/blobs/x' % other, Set_Cookie='a=b')
        if repo == 'auth-redirect401': return self.answer(307, b'', Location='http://%s/v2/auth-store/blobs/x' % other)
        if repo == 'redirectloop': return self.answer(302, b'', Location=self.path)
        if repo == 'redirectfile': return self.answer(302, b'', Location='file:///etc/passwd')
        if start and repo != 'norange':
            first = start + (1 if repo == 'badrange' else 0)
            return self.answer(206, data[first:], Content_Range='bytes %d-%d/%d' % (first, len(data) - 1, len(data)))
        self.answer(200, data)


host = sys.argv[4] if len(sys.argv) > 4 else '127.0.0.1'
http.server.ThreadingHTTPServer.daemon_threads = True
http.server.ThreadingHTTPServer((host, port), Handler).serve_forever()
