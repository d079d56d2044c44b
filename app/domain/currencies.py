"""The number of decimals of every currency: ISO 4217, with the codes it has withdrawn.

Old invoices keep their currency, so withdrawn codes stay, with the decimals ISO 4217 gave them last. Codes for
which ISO 4217 defines no minor unit (metals, special drawing rights, XTS, XXX) are absent: nothing can be owed
in them here. Sources: ISO 4217 list one, including funds codes; for withdrawn codes the tables of the JDK.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

_IN_USE: Final[dict[int, str]] = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    2: """
        AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF
        CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL
        HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU
        MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR
        SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED
        VES WST XAD XCD XCG YER ZAR ZMW ZWG
    """,
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}

_WITHDRAWN: Final[dict[int, str]] = {
    0: "ADP BEF BYB BYR ESP GRD ITL LUF MGF PTE ROL TPE TRL",
    2: """
        AFA ANG ATS AYM AZM BGL BGN CSD CUC CYP DEM EEK FIM FRF GHC GWP HRK IEP LTL LVL MRO MTL MZM NLG RUR SDD
        SIT SKK SLL SRG STD TMM USS VEB VEF YUM ZMK ZWD ZWL ZWN ZWR
    """,
}

MINOR_DIGITS: Final[Mapping[str, int]] = MappingProxyType(
    {
        code: digits
        for table in (_IN_USE, _WITHDRAWN)
        for digits, codes in table.items()
        for code in codes.split()
    }
)
"""Currency code → number of decimals: minor units are 10 to the minus that of the currency."""
