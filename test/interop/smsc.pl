# An SMSC made of Net::SMPP: reports on stdout what it is sent, an object a line, and does what lines on stdin ask for.
# It reads texts with Perl's own tables of characters, so that no code of the project judges itself.
use strict;
use warnings;
use Encode qw(decode);
use IO::Select;
use JSON::PP;
use Net::SMPP;

# Names by numbers, as SMPP 3.4 has them in section 5.1.2.1.
my %name = (
    0x01 => 'bind_receiver',
    0x02 => 'bind_transmitter',
    0x04 => 'submit_sm',
    0x06 => 'unbind',
    0x09 => 'bind_transceiver',
    0x15 => 'enquire_link',
    0x80000000 => 'generic_nack',
    0x80000005 => 'deliver_sm_resp',
    0x80000006 => 'unbind_resp',
    0x80000015 => 'enquire_link_resp',
);
my @reported = qw(system_id password interface_version source_addr_ton source_addr_npi source_addr dest_addr_ton
    dest_addr_npi destination_addr esm_class validity_period registered_delivery data_coding);

$| = 1;
$SIG{PIPE} = 'IGNORE';
# That a client hangs up is reported as an event.
$SIG{__WARN__} = sub { print STDERR @_ unless $_[0] =~ /premature eof/ };

my $json = JSON::PP->new->utf8->ascii->canonical;
my $listener = Net::SMPP->new_listen('127.0.0.1', port => 0, smpp_version => 0x34, system_id => 'net-smpp')
    or die "no port to listen at: $@";
my $sources = IO::Select->new($listener, \*STDIN);
my %newest;    # By the kind of bind.
my %answer = (status => 0, silent => 0);
my $submitted = 0;
my $asked = '';

sub report { print $json->encode({@_}), "\n" }

# Of a part of a long text also the reference, the count and the number: 3GPP TS 23.040, section 9.2.3.24.1.
sub text_of {
    my ($pdu) = @_;
    my ($octets, @part) = ($pdu->{short_message});
    if ($pdu->{esm_class} & 0x40) {
        (my $length, @part) = unpack 'C x2 C C C', $octets;
        $octets = substr $octets, $length + 1;
    }
    my $alphabet = $pdu->{data_coding} == 8 ? 'UTF-16BE' : 'gsm0338';
    return (text => decode($alphabet, $octets), octets => length $octets, part => \@part);
}

sub bound {
    my ($session, $pdu, $command) = @_;
    my $status = $pdu->{password} eq 'password' ? 0 : 0x0e;
    $newest{$command} = $session if $status == 0;
    my $answer = "${command}_resp";
    $session->$answer(seq => $pdu->{seq}, status => $status);
}

sub submitted {
    my ($session, $pdu) = @_;
    return if $answer{silent};
    my $id = $answer{status} == 0 ? sprintf('%08X', ++$submitted) : '';
    $session->submit_sm_resp(seq => $pdu->{seq}, status => $answer{status}, message_id => $id);
}

sub hang_up {
    my ($session) = @_;
    $sources->remove($session);
    close $session;
    report(pdu => 'hung up');
}

sub serve {
    my ($session) = @_;
    my $pdu = $session->read_pdu or return hang_up($session);
    my $command = $name{$pdu->{cmd}} // sprintf('0x%08X', $pdu->{cmd});
    my %fields = map { ($_ => $pdu->{$_}) } grep { defined $pdu->{$_} } @reported;
    my @text = $command eq 'submit_sm' ? text_of($pdu) : ();
    report(%fields, pdu => $command, status => $pdu->{status}, @text);
    if ($command =~ /^bind/) { bound($session, $pdu, $command) }
    elsif ($command eq 'submit_sm') { submitted($session, $pdu) }
    elsif ($command eq 'enquire_link') { $session->enquire_link_resp(seq => $pdu->{seq}) }
    elsif ($command eq 'unbind') { $session->unbind_resp(seq => $pdu->{seq}) }
}

# `answer`: to submissions from now on. `deliver`, `enquire_link`, `unbind`: to the newest session of its kind.
# Each character of a text is an octet.
sub obey {
    my ($wish) = @_;
    if (my $given = $wish->{answer}) { %answer = (status => 0, silent => 0, %$given) }
    elsif (my $fields = $wish->{deliver}) {
        utf8::downgrade($_) for values %$fields;
        $newest{bind_receiver}->deliver_sm(async => 1, %$fields);
    }
    elsif (my $command = $wish->{request}) { $newest{$wish->{of}}->$command(async => 1) }
    report(pdu => 'obeyed');
}

sub listen_to_stdin {
    sysread(STDIN, $asked, 65536, length $asked) or exit 0;
    obey($json->decode($1)) while $asked =~ s/^(.*)\n//;
}

report(pdu => 'listening', port => $listener->sockport);
while (my @ready = $sources->can_read) {
    for my $source (@ready) {
        if ($source == $listener) { $sources->add($listener->accept) }
        elsif ($source == \*STDIN) { listen_to_stdin() }
        else { serve($source) }
    }
}
